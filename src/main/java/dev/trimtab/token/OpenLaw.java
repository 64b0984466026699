package dev.trimtab.token;

/**
 * The law of a step whose support reaches beyond what is shown: S is reweighted within its own share and the rest keeps
 * its share, or trades some of it where scores are measured against the rest.
 *
 * <p>Thinning t = e^{l/T}; reweighting r = e^{Σαs/T} with R = Σ_S d·t·r / Σ_S d·t; a draft in S stands with min(1, r/R)
 * and is replaced by weights d·t·(r/R − 1)₊. Only ratios within S appear. Where shares move, S is thinned by
 * min(1, R_m) more and the rest by min(1, 1/R_m).
 */
final class OpenLaw implements StepLaw {
    /** The least share that is taken to be left, so that a token drawn where all that is shown is suppressed weighs something finite. */
    private static final double LEAST = 1e-6;

    private final boolean[] inS;
    private final double[] drafts;
    private final double[] thinned;
    private final double[] ratio;
    private final double notSuppressed;
    private final double shareOfS;
    private final double shareOfRest;
    private final double temperature;
    private final double unseen;

    private OpenLaw(
            boolean[] inS,
            double[][] weights,
            double logMoved,
            double notSuppressed,
            double temperature,
            double unseen) {
        this.inS = inS;
        this.drafts = weights[0];
        this.thinned = weights[1];
        this.ratio = weights[2];
        this.shareOfS = Math.min(1, Math.exp(logMoved));
        this.shareOfRest = Math.min(1, Math.exp(-logMoved));
        this.temperature = temperature;
        this.unseen = unseen;
        this.notSuppressed = notSuppressed;
    }

    static OpenLaw of(ScoredStep step, double[] logWeights, Support support, DraftLaw draft) {
        int k = step.size();
        boolean[] inS = new boolean[k];
        double temperature = draft.divisor();
        double[] logThinned = new double[k];
        double[] logTarget = new double[k];
        double[] logMoving = new double[k];
        for (int i = 0; i < k; i++) {
            inS[i] = step.eligible()[i] && support.inside()[i];
            logThinned[i] = inS[i] ? logWeights[i] + step.lowering()[i] / temperature : Double.NEGATIVE_INFINITY;
            logTarget[i] = logThinned[i] + step.score()[i] / temperature;
            logMoving[i] = logThinned[i] + step.movingScore()[i] / temperature;
        }
        double total = LogSpace.logSumExp(logThinned);
        boolean empty = total == Double.NEGATIVE_INFINITY;
        double logR = empty ? 0 : LogSpace.logSumExp(logTarget) - total;
        double logMoved = empty ? 0 : LogSpace.logSumExp(logMoving) - total;
        double[] ratio = new double[k];
        for (int i = 0; i < k; i++) {
            ratio[i] = Math.exp(step.score()[i] / temperature - logR);
        }
        Shares shares = Shares.of(step.shown(), logWeights, draft);
        double[] thinned = new double[k];
        for (int i = 0; i < k; i++) {
            thinned[i] = inS[i] ? shares.drafts()[i] * Math.exp(step.lowering()[i] / temperature) : 0;
        }
        return new OpenLaw(
                inS,
                new double[][] {shares.drafts(), thinned, ratio},
                logMoved,
                notSuppressed(step, shares, support, inS, logMoved, temperature),
                temperature,
                shares.unseen());
    }

    /** Σ_S d·t + Σ_rest d·t, each times what it keeps of its share: p's normaliser, what is not shown taken for untouched. */
    private static double notSuppressed(
            ScoredStep step, Shares shares, Support support, boolean[] inS, double logMoved, double temperature) {
        double drawn = support.closed() ? 0 : shares.unseen();
        double left = drawn * Math.min(1, Math.exp(-logMoved));
        for (int i = 0; i < inS.length; i++) {
            double draft = support.closed() && !support.inside()[i] ? 0 : shares.drafts()[i];
            double kept = Math.min(1, Math.exp(inS[i] ? logMoved : -logMoved));
            drawn += draft;
            left += draft * Math.exp(step.lowering()[i] / temperature) * kept;
        }
        return Math.max(LEAST, left / drawn);
    }

    @Override
    public boolean steerable(int place) {
        return place >= 0 && inS[place];
    }

    @Override
    public boolean impossible(int place) {
        return false;
    }

    @Override
    public double thinned(int place, double lowering) {
        return 1 - Math.exp(lowering / temperature) * (steerable(place) ? shareOfS : shareOfRest);
    }

    @Override
    public double stands(int place) {
        return steerable(place) ? Math.min(1, ratio[place]) : 1;
    }

    @Override
    public int replacement(double coin) {
        double[] residual = new double[thinned.length];
        for (int i = 0; i < residual.length; i++) {
            residual[i] = thinned[i] * Math.max(0, ratio[i] - 1);
        }
        return LogSpace.draw(residual, coin);
    }

    @Override
    public int fallback(double coin) {
        return LogSpace.draw(targetOnS(), coin);
    }

    @Override
    public double logRatio(int place, double lowering) {
        double inItsShare = steerable(place) ? Math.log(shareOfS) + Math.log(ratio[place]) : Math.log(shareOfRest);
        return lowering / temperature + inItsShare - Math.log(notSuppressed);
    }

    @Override
    public double drift() {
        double[] draftsOnS = new double[drafts.length];
        for (int i = 0; i < drafts.length; i++) {
            draftsOnS[i] = inS[i] ? drafts[i] : 0;
        }
        return LogSpace.divergence(normalised(targetOnS()), normalised(draftsOnS));
    }

    @Override
    public double suppressedMass() {
        double kept = unseen * shareOfRest;
        for (int i = 0; i < drafts.length; i++) {
            kept += inS[i] ? thinned[i] * shareOfS * Math.min(1, ratio[i]) : drafts[i] * shareOfRest;
        }
        return Math.min(1, Math.max(0, 1 - kept));
    }

    private double[] targetOnS() {
        double[] target = new double[thinned.length];
        for (int i = 0; i < target.length; i++) {
            target[i] = thinned[i] * ratio[i];
        }
        return target;
    }

    private static double[] normalised(double[] weights) {
        double total = 0;
        for (double weight : weights) {
            total += weight;
        }
        double[] shares = new double[weights.length];
        for (int i = 0; i < weights.length; i++) {
            shares[i] = total == 0 ? 0 : weights[i] / total;
        }
        return shares;
    }
}
