package dev.trimtab.scoring;

/** Stand-in until the scoring room brings its own. */
public record Bias(String text) {
    public static final Bias NONE = new Bias("");

    public static Bias parse(String text) {
        if (text.contains("bad")) {
            throw new IllegalArgumentException("line 1: bad (expected: a token and nats)");
        }
        return new Bias(text);
    }

    public boolean isEmpty() {
        return text.isBlank();
    }
}
