package dev.trimtab.model;

/** Where a model runs. */
public enum Accelerator {
    CPU,
    /** An NVIDIA GPU; not getting one is an error. */
    CUDA,
    /** A GPU where there is one, else the CPU. */
    AUTO
}
