package dev.trimtab.training;

import ai.djl.engine.Engine;
import ai.djl.engine.EngineException;

/** What trains: PyTorch, whose libraries the served jar leaves out. */
final class Torch {
    private Torch() {}

    /**
     * Sees to it that it is there.
     *
     * @throws IllegalArgumentException that says where to get it
     */
    static void require() {
        try {
            Engine.getInstance();
        } catch (EngineException missing) {
            throw new IllegalArgumentException(
                    "PyTorch: not in this jar (expected: the jar that ./mvnw package -Ptraining -DskipTests makes)",
                    missing);
        }
    }
}
