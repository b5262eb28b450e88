"""A comparison as a document: one function a format, from `Report` to text or bytes."""

from __future__ import annotations

from chat.exports.report import Report

__all__ = ["Report"]
