package dev.trimtab.evaluation;

import dev.trimtab.model.OnnxModel.Accelerator;
import dev.trimtab.scoring.Prompt;
import dev.trimtab.scoring.Scorer;
import dev.trimtab.scoring.Session;
import dev.trimtab.token.Candidates;
import dev.trimtab.token.LogSpace;
import reactor.core.publisher.Mono;

/**
 * A scorer's model taken for a language model σ of its own on the candidates, instead of for a reweighting. It holds its
 * model on loan and does not close it.
 */
final class ModelScorer implements Scorer {
    /** Scores of one step: nats to add to the upstream's log-probabilities. */
    @FunctionalInterface
    private interface Reading {
        double score(double logprob, double share);
    }

    private final Scorer model;
    private final String name;
    private final boolean movesShare;
    private final Reading reading;

    private ModelScorer(Scorer model, String name, boolean movesShare, Reading reading) {
        this.model = model;
        this.name = name;
        this.movesShare = movesShare;
        this.reading = reading;
    }

    /** σ in the place of the upstream's law on S, whose share stays. */
    static ModelScorer alone(Scorer model) {
        return new ModelScorer(model, "new-model", false, (logprob, share) -> Math.log(share) - logprob);
    }

    /**
     * (1 − w)·d + w·σ, the weighted baseline of arXiv 2502.06806: as a reweighting 1 + w·σ/((1 − w)·d) against the rest.
     *
     * @param weight w, in [0, 1)
     */
    static ModelScorer weighted(Scorer model, double weight) {
        double odds = weight / (1 - weight);
        return new ModelScorer(
                model, "weighted", true, (logprob, share) -> Math.log1p(odds * share * Math.exp(-logprob)));
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public boolean zeroIsRest() {
        return movesShare;
    }

    @Override
    public boolean onlyLowers() {
        return false;
    }

    @Override
    public Accelerator accelerator() {
        return model.accelerator();
    }

    @Override
    public Session open(Prompt prompt) {
        Session session = model.open(prompt);
        return new Session() {
            @Override
            public Mono<double[][]> score(Window window) {
                return session.score(window).map(scores -> read(window, scores));
            }

            @Override
            public void close() {
                session.close();
            }
        };
    }

    private double[][] read(Session.Window window, double[][] scores) {
        double[][] read = new double[scores.length][];
        for (int i = 0; i < scores.length; i++) {
            read[i] = read(window.steps().get(i).candidates(), scores[i]);
        }
        return read;
    }

    /** A candidate that the model does not know has no share and stays unknown. */
    private double[] read(Candidates candidates, double[] scores) {
        double[] known = new double[scores.length];
        for (int i = 0; i < scores.length; i++) {
            known[i] = Double.isNaN(scores[i]) ? Double.NEGATIVE_INFINITY : scores[i];
        }
        double[] shares = LogSpace.softmax(known);
        double[] read = new double[scores.length];
        for (int i = 0; i < scores.length; i++) {
            read[i] = Double.isNaN(scores[i]) ? Session.UNKNOWN : reading.score(candidates.logprob(i), shares[i]);
        }
        return read;
    }

    @Override
    public void close() {}
}
