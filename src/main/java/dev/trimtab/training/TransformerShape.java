package dev.trimtab.training;

/**
 * The shape of a decoder-only transformer: RMS norms, rotary positions, gated feed-forward layers, no biases but one per
 * output token.
 *
 * @param vocabulary tokens, one row of the embedding and one of the output each
 * @param width of a token's vector, a multiple of {@code 2·heads}
 * @param context the most tokens of prompt and answer together
 * @param tied true where the output's rows are the embedding's
 */
record TransformerShape(int vocabulary, int layers, int width, int heads, int context, boolean tied) {
    /** Base of the rotary angles, as usual. */
    static final double ROTARY_BASE = 10_000;

    /** Added to the mean square of a norm. */
    static final float EPSILON = 1e-6f;

    private static final int MULTIPLE = 64;

    TransformerShape {
        Required.atLeast(1, "vocabulary", vocabulary);
        check(layers, width, heads, context);
    }

    /** Throws an {@link IllegalArgumentException} where no transformer has that shape. */
    static void check(int layers, int width, int heads, int context) {
        Required.atLeast(1, "layers", layers);
        Required.atLeast(1, "heads", heads);
        Required.that(width > 0 && width % (2 * heads) == 0, "width", width, "a multiple of " + 2 * heads);
        Required.atLeast(1, "context", context);
    }

    int headSize() {
        return width / heads;
    }

    /** Width of the feed-forward layers: 8/3 of the model's, rounded up to a multiple of 64. */
    int hidden() {
        return (8 * width + 3 * MULTIPLE - 1) / (3 * MULTIPLE) * MULTIPLE;
    }

    /** Angular speed of each of the {@code headSize/2} rotating pairs, radians per token. */
    float[] frequencies() {
        float[] frequencies = new float[headSize() / 2];
        for (int i = 0; i < frequencies.length; i++) {
            frequencies[i] = (float) Math.pow(ROTARY_BASE, -2.0 * i / headSize());
        }
        return frequencies;
    }

    /** Throws an {@link IllegalArgumentException} where the tokenizer's vocabulary has another size. */
    void requireVocabulary(int size) {
        Required.that(vocabulary == size, "from", "vocabulary of " + vocabulary, size + ", the tokenizer's");
    }
}
