package dev.trimtab.token;

/**
 * The law at temperature 0: the best shown candidate by log-weight + lowering + score is emitted, the drafted token
 * winning ties; a drafted token outside S stands unless it is forbidden. Truncation cannot matter.
 */
final class GreedyLaw implements StepLaw {
    private final boolean[] inS;
    private final double[] logWeights;
    private final double[] total;
    private final int best;

    private GreedyLaw(boolean[] inS, double[] logWeights, double[] total) {
        this.inS = inS;
        this.logWeights = logWeights;
        this.total = total;
        this.best = best(total);
    }

    static GreedyLaw of(ScoredStep step, double[] logWeights) {
        double[] total = new double[step.size()];
        for (int i = 0; i < total.length; i++) {
            total[i] = step.eligible()[i]
                    ? logWeights[i] + step.lowering()[i] + step.score()[i]
                    : Double.NEGATIVE_INFINITY;
        }
        return new GreedyLaw(step.eligible(), logWeights, total);
    }

    private static int best(double[] values) {
        int best = NOWHERE;
        for (int i = 0; i < values.length; i++) {
            if (values[i] > (best == NOWHERE ? Double.NEGATIVE_INFINITY : values[best])) {
                best = i;
            }
        }
        return best;
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
        return lowering == Double.NEGATIVE_INFINITY ? 1 : 0;
    }

    @Override
    public double stands(int place) {
        return !steerable(place) || best == NOWHERE || total[place] == total[best] ? 1 : 0;
    }

    @Override
    public int replacement(double coin) {
        return best;
    }

    @Override
    public int fallback(double coin) {
        return best;
    }

    @Override
    public double logRatio(int place, double lowering) {
        boolean drawn = stands(place) == 1 && lowering != Double.NEGATIVE_INFINITY;
        return drawn ? 0 : Double.NEGATIVE_INFINITY;
    }

    /** 0: both laws are points, and the divergence between two of them is 0 or infinite. */
    @Override
    public double drift() {
        return 0;
    }

    @Override
    public double suppressedMass() {
        int drafted = best(logWeights);
        return drafted != NOWHERE && stands(drafted) == 0 ? 1 : 0;
    }
}
