package dev.trimtab.scoring;

import dev.trimtab.token.Token;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToIntFunction;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/**
 * The context-free part of a policy: nats per token, −∞ to forbid one. Immutable.
 *
 * @param nats by token, known by its id or by its bytes
 */
public record Bias(Map<Token, Double> nats) {
    /** Says nothing about any token. */
    public static final Bias NONE = new Bias(Map.of());

    private static final JsonMapper JSON = new JsonMapper();

    /**
     * Reads a bias file: one entry a line, {@code token<TAB>nats}, where the token is a JSON string ({@code "\n cheap"})
     * or {@code id:123} and the nats are a decimal number or {@code -inf}; {@code #} starts a comment line.
     *
     * @throws IllegalArgumentException with every bad line
     */
    public static Bias parse(String text) {
        Map<Token, Double> nats = new LinkedHashMap<>();
        List<String> problems = new ArrayList<>();
        List<String> lines = text.lines().toList();
        for (int i = 0; i < lines.size(); i++) {
            if (!lines.get(i).isBlank() && !lines.get(i).startsWith("#")) {
                entry(lines.get(i), i + 1, nats, problems);
            }
        }
        if (!problems.isEmpty()) {
            throw new IllegalArgumentException(String.join("; ", problems));
        }
        return new Bias(nats);
    }

    private static void entry(String line, int number, Map<Token, Double> nats, List<String> problems) {
        int tab = line.lastIndexOf('\t');
        try {
            if (tab < 0) {
                throw new IllegalArgumentException(line + " (expected: a token, a tab, nats)");
            }
            if (nats.put(
                            token(line.substring(0, tab).strip()),
                            nats(line.substring(tab + 1).strip()))
                    != null) {
                throw new IllegalArgumentException(line + " (expected: each token once)");
            }
        } catch (IllegalArgumentException wrong) {
            problems.add("line " + number + ": " + wrong.getMessage());
        }
    }

    /** Forbids tokens, each given as its text or as {@code id:NUMBER}. */
    public static Bias forbidding(List<String> tokens) {
        Map<Token, Double> nats = new LinkedHashMap<>();
        tokens.forEach(text -> nats.put(isId(text) ? byId(text) : Token.of(text), Double.NEGATIVE_INFINITY));
        return new Bias(nats);
    }

    /** This and another bias; of a token in both the lower entry counts. */
    public Bias and(Bias other) {
        Map<Token, Double> both = new LinkedHashMap<>(nats);
        other.nats.forEach((token, value) -> both.merge(token, value, Math::min));
        return new Bias(both);
    }

    private static boolean isId(String text) {
        return text.matches("id:\\d{1,9}");
    }

    private static Token byId(String text) {
        return new Token(Integer.parseInt(text.substring(3)), new byte[0]);
    }

    private static Token token(String text) {
        if (isId(text)) {
            return byId(text);
        }
        try {
            String token = JSON.readValue(text, String.class);
            if (text.startsWith("\"") && !token.isEmpty()) {
                return new Token(Token.NO_ID, token.getBytes(StandardCharsets.UTF_8));
            }
        } catch (JacksonException notJson) {
            // said below
        }
        throw new IllegalArgumentException(text + " (expected: a token as a JSON string, or id:NUMBER)");
    }

    private static double nats(String text) {
        if (text.equals("-inf")) {
            return Double.NEGATIVE_INFINITY;
        }
        try {
            double nats = Double.parseDouble(text);
            if (Double.isFinite(nats)) {
                return nats;
            }
        } catch (NumberFormatException notANumber) {
            // said below
        }
        throw new IllegalArgumentException(text + " (expected: a finite number of nats, or -inf)");
    }

    public boolean isEmpty() {
        return nats.isEmpty();
    }

    /** Nats for a token, 0 where nothing is said of it. */
    public double nats(Token token) {
        Token entry = entry(token);
        return entry == null ? 0 : nats.getOrDefault(entry, 0.0);
    }

    /** A token as its entry names it, by its bytes or by its id alone; null where it has none. */
    public @Nullable Token entry(Token token) {
        Token byBytes = new Token(Token.NO_ID, token.bytes());
        if (!token.isEnd() && nats.containsKey(byBytes)) {
            return byBytes;
        }
        Token byId = new Token(token.id(), new byte[0]);
        return token.id() != Token.NO_ID && nats.containsKey(byId) ? byId : null;
    }

    /**
     * What is left of the entries where some of their nats are taken away; an entry of which nothing is left is gone.
     *
     * @param taken nats by the upstream's token ids
     * @param idOf the upstream's id for a token's bytes, or −1 where it is not known
     */
    public Bias without(Map<Integer, Double> taken, ToIntFunction<byte[]> idOf) {
        Map<Token, Double> left = new LinkedHashMap<>();
        nats.forEach((token, value) -> {
            Double away = taken.get(id(token, idOf));
            if (!value.equals(away)) {
                left.put(token, away == null ? value : value - away);
            }
        });
        return new Bias(left);
    }

    private static int id(Token token, ToIntFunction<byte[]> idOf) {
        return token.id() == Token.NO_ID ? idOf.applyAsInt(token.bytes()) : token.id();
    }

    /**
     * The entries whose token ids are known.
     *
     * @param idOf the upstream's id for a token's bytes, or −1 where it is not known
     */
    public Map<Integer, Double> byId(ToIntFunction<byte[]> idOf) {
        Map<Integer, Double> byId = new LinkedHashMap<>();
        nats.forEach((token, value) -> {
            int id = id(token, idOf);
            if (id >= 0) {
                byId.put(id, value);
            }
        });
        return byId;
    }
}
