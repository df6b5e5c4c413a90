"""`serve`: the REST server."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from svg2pptx_batch.cli import params
from svg2pptx_batch.cli.console import Console, LogFormat, LogTo, leave
from svg2pptx_batch.errors import ExitCode, MissingExtraError, OutputError

EXIT_CODES = """Exit status:

0 ended by a signal; 2 wrong usage or settings, or the extra server is not installed;

4 the data folder cannot be written, or the address is taken;

5 another server has the data folder."""


def serve(
    host: Annotated[
        str,
        typer.Option(help="Where to listen; beyond this machine only with API keys, see keys."),
    ] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65535, help="Port; 0 for a free one.")] = 8000,
    data_dir: Annotated[
        Path | None,
        typer.Option(
            metavar="FOLDER",
            help="Where uploads and results are kept. Default: in the state folder.",
            show_default=False,
        ),
    ] = None,
    max_upload: Annotated[
        str, typer.Option(metavar="SIZE", help="Most bytes of one request.")
    ] = "1GiB",
    max_queue: Annotated[
        int, typer.Option(min=1, metavar="N", help="Most jobs that wait or run.")
    ] = 100,
    rate: Annotated[
        str,
        typer.Option(
            metavar="N/PERIOD", help="Most requests of one key, or of an address without one."
        ),
    ] = "600/minute",
    quota_bytes: Annotated[
        str, typer.Option(metavar="SIZE", help="Most that is kept for one key.")
    ] = "10GiB",
    quota_jobs: Annotated[
        int, typer.Option(min=1, metavar="N", help="Most jobs of one key that wait or run.")
    ] = 20,
    keep: Annotated[
        str,
        typer.Option(
            metavar="DURATION", help="How long results are kept after a job's end; 0 for ever."
        ),
    ] = "7d",
    upload_timeout: Annotated[
        str,
        typer.Option(
            metavar="DURATION", help="How long an upload may stand still, or come very slowly."
        ),
    ] = "30s",
    jobs: params.JobsOption = None,
    verbose: params.VerbosityOption = 0,
    log_file: params.LogFileOption = None,
    log_format: params.LogFormatOption = LogFormat.TEXT,
    config: params.ConfigOption = None,
    isolated: params.IsolatedOption = False,
) -> None:
    """Serve conversions over HTTP: REST for programs, a page for people.

    Settings of files and variables are what holds where a client chooses nothing, and the bounds
    of what it may choose.
    """
    console = Console(verbose=verbose > 0)

    def work() -> int:
        import msgspec

        from svg2pptx_batch.config import duration, load, size

        try:
            from svg2pptx_batch.server.app import run
            from svg2pptx_batch.server.settings import ServerSettings
        except ImportError as error:
            if (error.name or "").startswith("svg2pptx_batch"):
                raise
            raise MissingExtraError("The server", "server") from error
        settings = load({"jobs": jobs}, config_file=config, isolated=isolated)
        chosen = {} if data_dir is None else {"data_dir": data_dir.absolute()}
        served = run(
            ServerSettings(
                host=host,
                port=port,
                max_upload_bytes=size(max_upload, "--max-upload"),
                max_queue=max_queue,
                rate=rate,
                quota_bytes=size(quota_bytes, "--quota-bytes"),
                quota_jobs=quota_jobs,
                keep_s=duration(keep, "--keep"),
                upload_timeout_s=duration(upload_timeout, "--upload-timeout"),
                options=settings.convert,
                # what is kept of the conversions goes with the server's own jobs
                job_options=msgspec.structs.replace(
                    settings.job, keep_s=0.0, wait_lock=True, overwrite=True, append_to=""
                ),
                **chosen,
            ),
            console.say,
        )
        if not served:
            raise OutputError(
                f"The server cannot listen on {host}, port {port}.",
                remedy="Choose another --port, or --port 0 for a free one.",
            )
        return ExitCode.OK

    leave(console, work, LogTo(log_file, log_format, verbose))
