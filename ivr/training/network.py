"""The acoustic network: one strided convolution, then residual dilated ones, then a probability for every phone."""

from __future__ import annotations

from typing import TypeVar

import torch
from torch import Tensor, nn

from ivr.acoustic.features import BANDS, STRIDE
from ivr.acoustic.phones import PHONES

CHANNELS = 192
DILATIONS = (1, 2, 4, 1, 2, 4, 8, 1, 2, 1)


class Block(nn.Module):
    """One convolution that adds to what it is given."""

    def __init__(self, dilation: int) -> None:
        """`dilation`: frames between its five taps."""
        super().__init__()
        self.conv = nn.Conv1d(CHANNELS, CHANNELS, 5, padding=2 * dilation, dilation=dilation, bias=False)
        self.norm = nn.BatchNorm1d(CHANNELS)
        self.drop = nn.Dropout1d(0.1)  # whole channels: a tenth of the random numbers, which took a quarter of a step

    def forward(self, x: Tensor, mask: Tensor) -> Tensor:
        """Give x plus what was seen, nothing beyond the utterance's end."""
        seen: Tensor = (x + self.drop(torch.relu(self.norm(self.conv(x))))) * mask
        return seen


class Network(nn.Module):
    """(batch, frames, bands) -> (batch, frames / 3, phones), logarithms of probabilities."""

    def __init__(self) -> None:
        """Make it with fresh weights."""
        super().__init__()
        self.front = nn.Conv1d(BANDS, CHANNELS, 7, stride=STRIDE, padding=3, bias=False)
        self.norm = nn.BatchNorm1d(CHANNELS)
        self.blocks = nn.ModuleList(Block(d) for d in DILATIONS)
        self.out = nn.Conv1d(CHANNELS, len(PHONES), 1)

    def forward(self, features: Tensor, mask: Tensor) -> Tensor:
        """`mask`: (batch, 1, frames / 3), 1 within each utterance."""
        x = torch.relu(self.norm(self.front(features.transpose(1, 2)))) * mask
        for block in self.blocks:
            x = block(x, mask)
        return torch.log_softmax(self.out(x).transpose(1, 2), dim=-1)


Count = TypeVar("Count", int, Tensor)


def frames_out(frames: Count) -> Count:
    """How many frames the network gives for so many."""
    return (frames - 1) // STRIDE + 1
