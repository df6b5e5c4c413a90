"use strict";

const $ = (id) => document.getElementById(id);
const STATES = {
  queued: "Waiting for its turn",
  ingesting: "Reading the drawings",
  running: "Converting",
  merging: "Writing the deck",
  packaging: "Packing the decks",
  done: "Done",
  partial: "Done, but for some drawings",
  failed: "Nothing could be converted",
  cancelled: "Cancelled",
};
const ENDED = ["done", "partial", "failed", "cancelled"];
let chosen = [];
let job = null;
let upload = null;

function authorization() {
  const key = $("key").value.trim();
  return key ? { Authorization: `Bearer ${key}` } : {};
}

function show(id, visible) {
  $(id).hidden = !visible;
}

function fail(text) {
  $("error").textContent = text;
  show("error", text !== "");
}

function problemOf(text, status) {
  try {
    const told = JSON.parse(text);
    const more = (told.errors || []).map((each) => `${each.option}: ${each.detail}`);
    return [told.detail, ...more, told.remedy].filter(Boolean).join(" ");
  } catch {
    return `The server answered ${status || "nothing"}.`;
  }
}

async function ask(path, options = {}) {
  const answer = await fetch(path, { headers: authorization(), ...options });
  if (!answer.ok) {
    throw new Error(problemOf(await answer.text(), answer.status));
  }
  return answer;
}

function choose(files) {
  chosen = [...files];
  const zips = chosen.filter((file) => file.name.toLowerCase().endsWith(".zip"));
  const wrong = chosen.filter((file) => !/\.(svgz?|zip)$/i.test(file.name));
  fail("");
  if (zips.length && chosen.length > 1) {
    fail("Choose one ZIP, or SVG files, not both.");
    chosen = [];
  } else if (wrong.length) {
    fail(`${wrong[0].name} is neither an SVG nor a ZIP.`);
    chosen = [];
  }
  $("chosen").textContent = chosen.length === 0 ? "Nothing is chosen yet."
    : chosen.length === 1 ? chosen[0].name : `${chosen.length} drawings`;
  $("convert").disabled = chosen.length === 0;
}

function tell(status) {
  $("state").textContent = STATES[status.state] || status.state;
  if (status.position > 1) {
    $("state").textContent += ` (${status.position - 1} before it)`;
  }
  count(status.counts, status.progress);
}

function count(counts, progress) {
  const through = counts.done + counts.failed;
  $("progress").value = progress ?? (counts.total ? through / counts.total : 0);
  $("counts").textContent = counts.total
    ? `${through} of ${counts.total} drawings${counts.failed ? `, ${counts.failed} failed` : ""}`
    : "";
}

function send(path, form) {
  return new Promise((resolve, reject) => {
    upload = new XMLHttpRequest();
    upload.open("POST", path);
    for (const [name, value] of Object.entries(authorization())) {
      upload.setRequestHeader(name, value);
    }
    upload.upload.onprogress = (event) => {
      $("state").textContent = "Uploading";
      $("progress").value = event.lengthComputable ? event.loaded / event.total : 0;
    };
    upload.onload = () => upload.status === 202
      ? resolve(JSON.parse(upload.responseText))
      : reject(new Error(problemOf(upload.responseText, upload.status)));
    upload.onerror = () => reject(new Error("The server cannot be reached."));
    upload.onabort = () => reject(new Error("The upload was cancelled."));
    upload.send(form);
  });
}

// EventSource sends no keys, so the stream is read by hand.
async function listen(path, hear) {
  const reader = (await ask(path)).body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = "";
  for (;;) {
    const { done, value } = await reader.read();
    if (done) {
      return;
    }
    const parts = (rest + value).split("\n\n");
    rest = parts.pop();
    for (const part of parts) {
      const data = part.split("\n").filter((line) => line.startsWith("data: "));
      const name = part.match(/^event: (.*)$/m);
      if (data.length && name) {
        hear(name[1], JSON.parse(data.map((line) => line.slice(6)).join("\n")));
      }
    }
  }
}

async function follow(id) {
  let status;
  for (;;) {
    try {
      await listen(`/batch/${id}/events`, (name, event) => {
        if (name === "status") {
          tell(event);
        } else if (name === "start") {
          $("state").textContent = STATES.running;
        } else if (name === "merge") {
          $("state").textContent = STATES.merging;
        } else if (event.counts) {
          count(event.counts);
        }
      });
    } catch (error) {
      if (!(error instanceof TypeError)) { // anything but a connection that broke
        throw error;
      }
    }
    status = await (await ask(`/batch/status/${id}`)).json();
    tell(status);
    if (ENDED.includes(status.state)) {
      return status;
    }
    await new Promise((resolve) => setTimeout(resolve, 1000));
  }
}

function end(status) {
  show("download", Boolean(status.links.download));
  if (status.links.download) {
    $("download").textContent = `Download ${status.result.name}`;
    $("download").focus();
  }
  const body = $("problems").tBodies[0];
  body.replaceChildren();
  for (const file of status.files.filter((each) => each.code)) {
    const row = body.insertRow();
    row.insertCell().textContent = file.name;
    row.insertCell().textContent = file.message + (file.line ? ` (line ${file.line})` : "");
  }
  show("problems", body.rows.length > 0);
  if (status.error && status.state !== "cancelled") {
    fail(status.error.message);
  }
}

async function convert() {
  const zip = chosen[0].name.toLowerCase().endsWith(".zip");
  const form = new FormData();
  const options = {};
  for (const select of document.querySelectorAll("select")) {
    options[select.name] = select.value;
  }
  form.append("options", new Blob([JSON.stringify(options)], { type: "application/json" }));
  for (const file of chosen) {
    form.append(zip ? "file" : "files", file);
  }
  fail("");
  job = null;
  for (const id of ["download", "problems"]) {
    show(id, false);
  }
  for (const id of ["job", "cancel"]) {
    show(id, true);
  }
  $("convert").disabled = true;
  $("counts").textContent = "";
  try {
    job = await send(zip ? "/batch/convert-zip" : "/batch/convert-files", form);
    tell(job);
    job = await follow(job.id);
    end(job);
  } catch (error) {
    show("job", false);
    fail(error.message);
  }
  upload = null;
  show("cancel", false);
  $("convert").disabled = false;
}

async function download() {
  fail("");
  try {
    const content = await (await ask(job.links.download)).blob();
    const link = document.createElement("a");
    link.href = URL.createObjectURL(content);
    link.download = job.result.name;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 60000);
  } catch (error) {
    fail(error.message);
  }
}

$("form").addEventListener("submit", (event) => {
  event.preventDefault();
  convert();
});
$("files").addEventListener("change", () => choose($("files").files));
$("download").addEventListener("click", download);
$("cancel").addEventListener("click", () => {
  if (job) {
    ask(`/batch/${job.id}`, { method: "DELETE" }).catch((error) => fail(error.message));
  } else if (upload) {
    upload.abort();
  }
});
for (const name of ["dragenter", "dragover", "dragleave", "drop"]) {
  document.addEventListener(name, (event) => {
    event.preventDefault();
    $("drop").classList.toggle("over", name === "dragenter" || name === "dragover");
    if (name === "drop" && $("cancel").hidden && event.dataTransfer.files.length) {
      choose(event.dataTransfer.files);
    }
  });
}
