package dev.trimtab.training;

import dev.trimtab.scoring.Bias;
import dev.trimtab.token.Token;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** The finite entries of a pushed bias in an order, so that they can be trained as a vector; what it forbids stays. */
final class BiasEntries {
    private final List<Token> tokens;
    private final Map<Token, Integer> places = new HashMap<>();
    private final float[] nats;
    private final Bias forbidden;

    BiasEntries(Bias bias) {
        Map<Token, Double> finite = new LinkedHashMap<>(bias.nats());
        finite.values().removeIf(entry -> !Double.isFinite(entry));
        Map<Token, Double> infinite = new LinkedHashMap<>(bias.nats());
        infinite.keySet().removeAll(finite.keySet());
        this.forbidden = new Bias(infinite);
        this.tokens = List.copyOf(finite.keySet());
        this.nats = new float[finite.size() + 1];
        for (int i = 0; i < tokens.size(); i++) {
            places.put(tokens.get(i), i);
            nats[i] = Objects.requireNonNull(finite.get(tokens.get(i))).floatValue();
        }
    }

    /** The nats of the entries and, last, the 0 of every other token. */
    float[] nats() {
        return nats.clone();
    }

    /** How much of the tokens that a step does not show is each entry's, q; 0 for the last. */
    float[] shares(ShownLaws laws) {
        float[] shares = new float[tokens.size() + 1];
        for (int v = 0; v < laws.size(); v++) {
            shares[place(laws.token(v))] += (float) laws.share(laws.token(v));
        }
        shares[tokens.size()] = 0;
        return shares;
    }

    /** The place of a token's entry, or that of the 0. */
    int place(Token token) {
        Integer known = token.isEnd() && token.id() == Token.NO_ID ? null : places.get(token);
        if (known != null) {
            return known;
        }
        Integer byId = token.id() == Token.NO_ID ? null : places.get(new Token(token.id(), new byte[0]));
        return byId == null ? tokens.size() : byId;
    }

    boolean forbids(Token token) {
        return forbidden.nats(token) < 0;
    }

    /** The entries with other nats. */
    Bias with(float[] trained) {
        Map<Token, Double> bias = new LinkedHashMap<>(forbidden.nats());
        for (int i = 0; i < tokens.size(); i++) {
            bias.put(tokens.get(i), (double) trained[i]);
        }
        return new Bias(bias);
    }
}
