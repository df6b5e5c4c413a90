#!/bin/sh
# Convert the drawings of this folder.
#
#   examples/convert.sh [FOLDER]
#
# makes, in FOLDER (the current folder unless named):
#
#   examples.pptx     all drawings, one slide each, in natural order of their names
#   examples.zip      the same drawings, a deck each, in an archive
#   icons/            the icons, a square deck each, in a folder
#
# What the drawings show:
#
#   icon-*.svg              filled and stroked icons of 24 by 24 px
#   logo-gradient.svg       linear and radial gradients, href between gradients, letter spacing
#   bar-chart.svg           a chart with a style sheet and text
#   donut-chart.svg         arcs, shares and a legend
#   flow-chart.svg          boxes, arrows made of markers, several lines of text
#   landscape.svg           an illustration with gradients and symbols
#   bicycle.svg             a line drawing: strokes, dashes, turned copies
#   village.svg             groups in groups, symbols, copies of copies, a mirrored street
#   illustrator-export.svg  entities, a style sheet and names as Adobe Illustrator writes them
#   inkscape-export.svg     layers, labels, style attributes and millimetres as Inkscape writes them
#   figma-export.svg        clipped frame, drop shadow, definitions at the end as Figma writes them
#   text-sampler.svg        families, styles, sizes, anchors, spacing, rotation, languages, a link
#   dashed-lines.svg        dashes, caps and joins
#   photo-card.svg          embedded pictures
#   right-to-left.svg       Arabic and Hebrew
#
# Needs svg2pptx-batch on the path: pip install svg2pptx-batch

set -eu

here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
out=${1:-.}
mkdir -p -- "$out"

svg2pptx-batch convert "$here"/*.svg -o "$out/examples.pptx"
svg2pptx-batch convert "$here"/*.svg -o "$out/examples.zip" --mode zip
svg2pptx-batch convert "$here"/icon-*.svg -o "$out/icons" --mode folder --slide-size svg
