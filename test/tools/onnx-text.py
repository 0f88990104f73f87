#!/usr/bin/env python3
"""Makes a binary ONNX file of a model in the text syntax of onnx.parser.

    onnx-text.py MODEL.txt -o MODEL.onnx

Everything from // to the end of a line is removed first, outside of strings: RUN and CHECK lines may stand in
the same file. The model is not checked, because tests also need models that are wrong.
"""
import argparse
import pathlib
import re
import sys

import onnx.parser

COMMENT = re.compile(r'("(?:[^"\\\n]|\\.)*")|//[^\n]*')


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("model", type=pathlib.Path, help="- for standard input")
    parser.add_argument("-o", "--output", type=pathlib.Path, required=True)
    arguments = parser.parse_args()
    text = sys.stdin.read() if str(arguments.model) == "-" else arguments.model.read_text()
    text = COMMENT.sub(lambda match: match.group(1) or "", text)
    try:
        model = onnx.parser.parse_model(text)
    except onnx.parser.ParseError as error:
        print(f"{arguments.model}: {error}", file=sys.stderr)
        return 1
    arguments.output.write_bytes(model.SerializeToString(deterministic=True))
    return 0


if __name__ == "__main__":
    sys.exit(main())
