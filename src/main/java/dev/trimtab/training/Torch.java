package dev.trimtab.training;

import ai.djl.engine.Engine;
import ai.djl.engine.EngineException;

/** What trains: PyTorch, whose libraries the served jar leaves out. */
final class Torch {
    private static final String THREADS = "ai.djl.pytorch.num_threads";

    /** Where to get it. */
    static final String MISSING =
            "not in this jar (expected: the jar that ./mvnw package -Ptraining -DskipTests makes)";

    private Torch() {}

    /** Whether it is there. It gets one thread, unless somebody has said otherwise: see src/RATIONALE.md. */
    static boolean isThere() {
        if (System.getProperty(THREADS) == null) {
            System.setProperty(THREADS, "1");
        }
        try {
            return Engine.getInstance() != null;
        } catch (EngineException missing) {
            return false;
        }
    }

    /**
     * Sees to it that it is there.
     *
     * @throws IllegalArgumentException that says where to get it
     */
    static void require() {
        if (!isThere()) {
            throw new IllegalArgumentException("PyTorch: " + MISSING);
        }
    }
}
