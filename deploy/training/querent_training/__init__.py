"""Trains LoRA adapters for Querent on the lines that its exporter writes."""
