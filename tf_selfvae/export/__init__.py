"""Models for other programs: a SavedModel for TensorFlow Serving, TensorFlow.js for the browser."""
