"""Cuts 16-bit speech into what silero-vad reads: chunks of 512 samples, each behind the last 64 of the chunk before.

    speech-chunks.py SPEECH.npy CHUNKS.npy
"""
import sys

import numpy as np

speech = np.load(sys.argv[1]).astype(np.float32) / 32768
padded = np.concatenate([np.zeros(64, np.float32), speech])
np.save(sys.argv[2], np.stack([padded[at:at + 576] for at in range(0, len(speech) - 511, 512)]))
