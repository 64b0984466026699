/** A small model on disk: its ONNX session with a cache per sequence, its tokenizer, vocabulary and prompt template. */
@NullMarked
package dev.trimtab.model;

import org.jspecify.annotations.NullMarked;
