package dev.trimtab.token;

import java.util.Arrays;

/**
 * What is certain about a draft law's support, seen through the shown candidates.
 *
 * @param inside for each shown candidate, whether the cut certainly keeps it
 * @param closed whether the cut certainly ends inside the shown candidates, so that {@code inside} is the whole support
 */
record Support(boolean[] inside, boolean closed) {
    /** How far from an edge, as a share, a candidate must be to be certain: shown log-probabilities are rounded. */
    static final double MARGIN = 1e-4;

    /** The certainly kept part of the shown candidates. */
    static Support of(double[] shown, double[] logWeights, DraftLaw draft) {
        boolean[] inside = new boolean[shown.length];
        if (shown.length == 0 || draft.truncation().isNeutral() || draft.shownLaw() == ShownLaw.DRAWN) {
            Arrays.fill(inside, true);
            return new Support(inside, false);
        }
        boolean temperatureFirst = draft.truncation().order() == Truncation.Order.TEMPERATURE_FIRST;
        Ranked ranked = Ranked.of(temperatureFirst ? logWeights : shown);
        Edge edge = edge(ranked, shown, draft, temperatureFirst);
        for (int i = 0; i < edge.certain; i++) {
            inside[ranked.places()[i]] = true;
        }
        return new Support(inside, edge.certain == edge.possible);
    }

    /**
     * Where the cut falls among the ranked candidates.
     *
     * @param certain how many of the heaviest are certainly inside
     * @param possible how many may be; more than there are where the cut may lie beyond the shown candidates
     */
    private record Edge(int certain, int possible) {
        Edge and(Edge other) {
            return new Edge(Math.min(certain, other.certain), Math.min(possible, other.possible));
        }
    }

    private static Edge edge(Ranked ranked, double[] shown, DraftLaw draft, boolean temperatureFirst) {
        Truncation cut = draft.truncation();
        double[] weights = ranked.weights();
        Edge byRank = byRank(weights, cut.topK());
        Edge byShare = byShare(weights, cut.minP());
        Edge both = byRank.and(byShare);
        if (cut.topP() >= 1) {
            return both;
        }
        double seen = sum(weights, Math.min(byRank.certain, weights.length));
        double low = seen;
        double high = sum(weights, Math.min(byRank.possible, weights.length));
        if (byRank.possible > weights.length) {
            double[] unseen = temperatureFirst ? unseen(shown, draft) : complement(shown);
            low += cut.topK() == 0 ? unseen[0] / ranked.scale() : 0;
            high += unseen[1] / ranked.scale();
        }
        if (cut.minP() > 0) {
            low = Math.min(low, sum(weights, both.certain));
            high = Double.POSITIVE_INFINITY;
        }
        return both.and(byMass(weights, cut.topP(), low, high));
    }

    private static Edge byRank(double[] weights, int topK) {
        int k = weights.length;
        return topK == 0 || topK >= k ? new Edge(k, k + 1) : untied(weights, new Edge(topK, topK));
    }

    private static Edge byShare(double[] weights, double minP) {
        int k = weights.length;
        if (minP == 0) {
            return new Edge(k, k + 1);
        }
        int certain = 0;
        int possible = 0;
        for (double weight : weights) {
            certain += weight >= minP * weights[0] * (1 + MARGIN) ? 1 : 0;
            possible += weight >= minP * weights[0] * (1 - MARGIN) ? 1 : 0;
        }
        return new Edge(Math.max(certain, 1), possible == k ? k + 1 : possible);
    }

    private static Edge byMass(double[] weights, double topP, double low, double high) {
        int certain = reach(weights, weights.length, (topP - MARGIN) * low);
        int possible = reach(weights, weights.length, (topP + MARGIN) * high);
        return untied(weights, new Edge(Math.min(certain, weights.length), possible));
    }

    /** Draws the certain part back, and the possible part out, over candidates that weigh the same at the edge. */
    private static Edge untied(double[] weights, Edge edge) {
        int certain = edge.certain;
        if (certain < weights.length && tied(weights, certain - 1, certain)) {
            while (certain > 0 && tied(weights, certain - 1, edge.certain)) {
                certain--;
            }
        }
        int possible = edge.possible;
        while (possible > 0 && possible <= weights.length) {
            if (possible < weights.length && !tied(weights, possible - 1, possible)) {
                break;
            }
            possible++;
        }
        return new Edge(certain, possible);
    }

    private static boolean tied(double[] weights, int heavier, int lighter) {
        return weights[heavier] - weights[lighter] <= MARGIN * weights[heavier];
    }

    /** The smallest count of leading weights whose sum reaches a mass; one more than there are where none does. */
    static int reach(double[] weights, int count, double mass) {
        double sum = 0;
        for (int i = 0; i < count; i++) {
            sum += weights[i];
            if (sum >= mass) {
                return i + 1;
            }
        }
        return count + 1;
    }

    private static double sum(double[] weights, int count) {
        double sum = 0;
        for (int i = 0; i < count; i++) {
            sum += weights[i];
        }
        return sum;
    }

    private static double[] complement(double[] shown) {
        double unseen = unseenMass(shown);
        return new double[] {unseen, unseen};
    }

    static double unseenMass(double[] shown) {
        double mass = 0;
        for (double logprob : shown) {
            mass += Math.exp(logprob);
        }
        return Math.max(0, 1 - mass);
    }

    /** The smallest and largest sum of u^(1/T) over unshown tokens of mass m, each at most as likely as the last shown. */
    private static double[] unseen(double[] shown, DraftLaw draft) {
        double mass = unseenMass(shown);
        double inverse = 1 / draft.temperature();
        double smallest = Double.POSITIVE_INFINITY;
        for (double logprob : shown) {
            smallest = Math.min(smallest, Math.exp(logprob));
        }
        if (inverse == 1 || mass == 0) {
            return new double[] {mass, mass};
        }
        double edge = mass * Math.pow(smallest, inverse - 1);
        if (inverse > 1) {
            return new double[] {0, edge};
        }
        double others = draft.vocabularySize() - shown.length;
        double spread = draft.vocabularySize() == 0
                ? Double.POSITIVE_INFINITY
                : Math.pow(mass, inverse) * Math.pow(Math.max(1, others), 1 - inverse);
        return new double[] {edge, Math.max(edge, spread)};
    }
}
