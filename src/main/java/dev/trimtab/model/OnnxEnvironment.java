package dev.trimtab.model;

import ai.onnxruntime.OrtEnvironment;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;

/**
 * The ONNX Runtime of this process, started on a thread with a deep stack: as it starts it reads the process's command line
 * by recursion, and a class path of some ten thousand characters there overflows a usual stack and ends the process.
 */
final class OnnxEnvironment {
    private static final long STACK_BYTES = 64L << 20;

    private static final OrtEnvironment INSTANCE = start();

    private OnnxEnvironment() {}

    static OrtEnvironment get() {
        return INSTANCE;
    }

    private static OrtEnvironment start() {
        FutureTask<OrtEnvironment> task = new FutureTask<>(OrtEnvironment::getEnvironment);
        new Thread(null, task, "onnxruntime-start", STACK_BYTES).start();
        try {
            return task.get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while ONNX Runtime started", e);
        } catch (ExecutionException e) {
            throw new IllegalStateException("ONNX Runtime does not start: " + e.getCause(), e.getCause());
        }
    }
}
