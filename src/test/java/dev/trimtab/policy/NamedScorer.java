package dev.trimtab.policy;

import dev.trimtab.model.OnnxModel.Accelerator;
import dev.trimtab.scoring.Prompt;
import dev.trimtab.scoring.Scorer;
import dev.trimtab.scoring.Session;

/** A scorer that scores nothing and remembers whether it was closed. */
final class NamedScorer implements Scorer {
    private final String name;
    private boolean closed;

    NamedScorer(String name) {
        this.name = name;
    }

    boolean closed() {
        return closed;
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public boolean zeroIsRest() {
        return false;
    }

    @Override
    public boolean onlyLowers() {
        return false;
    }

    @Override
    public Accelerator accelerator() {
        return Accelerator.CPU;
    }

    @Override
    public Session open(Prompt prompt) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void close() {
        closed = true;
    }
}
