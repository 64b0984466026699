package dev.trimtab.model;

import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import dev.trimtab.model.OnnxModel.Accelerator;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Asks for an NVIDIA GPU where there may be one: a failed ask costs seconds, so the driver is looked for first. */
final class Cuda {
    private static final List<String> DRIVERS = List.of(
            "/usr/lib/x86_64-linux-gnu/libcuda.so.1",
            "/usr/lib64/libcuda.so.1",
            "/usr/local/nvidia/lib64/libcuda.so.1",
            "/usr/local/cuda/compat/libcuda.so.1",
            "/usr/lib/wsl/lib/libcuda.so.1",
            "/proc/driver/nvidia/version");

    private Cuda() {}

    /** Adds the GPU to a session where it is wanted and there. Returns what the session will run on. */
    static Accelerator add(OrtSession.SessionOptions options, Accelerator wanted) {
        if (wanted == Accelerator.CPU || (wanted == Accelerator.AUTO && !driverFound())) {
            return Accelerator.CPU;
        }
        try {
            options.addCUDA(0);
            return Accelerator.CUDA;
        } catch (OrtException unavailable) {
            if (wanted == Accelerator.AUTO) {
                return Accelerator.CPU;
            }
            throw new ModelException(
                    "accelerator: cuda (expected: a CUDA 12 driver and the GPU build of ONNX Runtime; set accelerator:"
                            + " auto to run on the CPU)",
                    unavailable);
        }
    }

    private static boolean driverFound() {
        return DRIVERS.stream().map(Path::of).anyMatch(Files::exists);
    }
}
