"""What can be set when a model is trained: plain values that the window may import, too."""
