package dev.trimtab.token;

/**
 * The law of a step whose truncated support certainly ends inside the shown candidates: d is known completely, so that
 * p ∝ w·t·r over all shown candidates, truncated again as the client asks. A draft is kept with min(1, p/d), otherwise
 * replaced by a draw from (p − d)₊; nothing is asked again.
 */
final class ClosedLaw implements StepLaw {
    private final double[] draft;
    private final double[] target;

    private ClosedLaw(double[] draft, double[] target) {
        this.draft = draft;
        this.target = target;
    }

    static ClosedLaw of(ScoredStep step, double[] logWeights, Support support, DraftLaw law) {
        int k = step.size();
        double[] logDraft = new double[k];
        double[] logTarget = new double[k];
        double[] logBasis = new double[k];
        boolean temperatureFirst = law.truncation().order() == Truncation.Order.TEMPERATURE_FIRST;
        for (int i = 0; i < k; i++) {
            double change = step.lowering()[i] + step.score()[i];
            logDraft[i] = support.inside()[i] ? logWeights[i] : Double.NEGATIVE_INFINITY;
            logTarget[i] = logWeights[i] + change / law.divisor();
            logBasis[i] = temperatureFirst ? logTarget[i] : step.shown()[i] + change;
        }
        Ranked ranked = Ranked.of(logBasis);
        int survivors = law.truncation().survivors(ranked.weights());
        for (int i = survivors; i < k; i++) {
            logTarget[ranked.places()[i]] = Double.NEGATIVE_INFINITY;
        }
        return new ClosedLaw(LogSpace.softmax(logDraft), LogSpace.softmax(logTarget));
    }

    /** False where everything shown is forbidden. */
    boolean hasWeight() {
        for (double p : target) {
            if (p > 0) {
                return true;
            }
        }
        return false;
    }

    @Override
    public boolean steerable(int place) {
        return place >= 0;
    }

    @Override
    public boolean impossible(int place) {
        return place < 0 || draft[place] == 0;
    }

    @Override
    public double thinned(int place, double lowering) {
        return 0;
    }

    @Override
    public double stands(int place) {
        return impossible(place) ? 0 : Math.min(1, target[place] / draft[place]);
    }

    @Override
    public int replacement(double coin) {
        double[] residual = new double[target.length];
        for (int i = 0; i < residual.length; i++) {
            residual[i] = Math.max(0, target[i] - draft[i]);
        }
        return LogSpace.draw(residual, coin);
    }

    @Override
    public int fallback(double coin) {
        return LogSpace.draw(target, coin);
    }

    @Override
    public double logRatio(int place, double lowering) {
        return impossible(place) ? Double.NEGATIVE_INFINITY : Math.log(target[place]) - Math.log(draft[place]);
    }

    @Override
    public double drift() {
        double sum = 0;
        for (int i = 0; i < target.length; i++) {
            if (target[i] > 0 && draft[i] > 0) {
                sum += target[i] * Math.log(target[i] / draft[i]);
            }
        }
        return Math.max(0, sum);
    }

    @Override
    public double suppressedMass() {
        double kept = 0;
        for (int i = 0; i < target.length; i++) {
            kept += Math.min(target[i], draft[i]);
        }
        return Math.min(1, Math.max(0, 1 - kept));
    }
}
