package dev.trimtab.steering;

import dev.trimtab.upstream.Drafting;
import dev.trimtab.upstream.Drafting.Length;
import java.util.concurrent.atomic.LongAdder;

/**
 * How far a policy's drafts stand, by their place in the answer, and how long a draft is worth asking for. Shared by the
 * answers of one policy.
 *
 * <p>With h the chance that a token does not stand, a draft of L tokens brings E(L) = Σ_{i<L} Π_{j<i} (1 − h_j) tokens on
 * average, its replacement included, and costs L and a call: the length with the least (call + L) / E(L) is asked for.
 */
final class RunLengths {
    /** Where the places of one count begin; changes cluster at an answer's beginning. */
    private static final int[] PLACES = {0, 8, 32, 128};

    private static final int LONGEST = 1024;

    /** Before anything is known: of 20 tokens, one did not stand. */
    private static final double ASSUMED = 20;

    private final LongAdder[] decided = adders();
    private final LongAdder[] cut = adders();

    private static LongAdder[] adders() {
        LongAdder[] adders = new LongAdder[PLACES.length];
        for (int i = 0; i < adders.length; i++) {
            adders[i] = new LongAdder();
        }
        return adders;
    }

    /** Learns what became of a drafted token at a place in its answer. */
    void decided(int place, boolean stood) {
        int count = count(place);
        decided[count].increment();
        if (!stood) {
            cut[count].increment();
        }
    }

    private static int count(int place) {
        int count = 0;
        while (count + 1 < PLACES.length && PLACES[count + 1] <= place) {
            count++;
        }
        return count;
    }

    /**
     * How many tokens to ask for behind so many.
     *
     * @param learned whether what was learned may count: an answer that is to be repeated must not depend on others
     */
    int next(Drafting drafting, int place, boolean learned) {
        return drafting.length() == Length.FIXED ? drafting.tokens() : best(drafting.callCost(), place, learned);
    }

    private int best(int callCost, int place, boolean learned) {
        int best = 1;
        double least = Double.POSITIVE_INFINITY;
        double standing = 1;
        double brought = 0;
        for (int length = 1; length <= LONGEST; length++) {
            brought += standing;
            standing *= 1 - chance(place + length - 1, learned);
            double price = (callCost + length) / brought;
            if (price < least) {
                least = price;
                best = length;
            }
        }
        return best;
    }

    private double chance(int place, boolean learned) {
        int count = count(place);
        return learned ? (cut[count].sum() + 1) / (decided[count].sum() + ASSUMED) : 1 / ASSUMED;
    }
}
