package dev.trimtab.training;

import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What is trained of a scorer and its pushed bias; the rest stays as it is.
 *
 * @param amount the rank under {@link Part#LORA}, the share of the numbers under {@link Part#MASK}; else 0
 */
record Update(Part part, double amount) {
    /** Which numbers. */
    enum Part {
        /** The pushed bias alone. */
        BIAS,
        /** The output's rows and biases. */
        HEAD,
        /** Every vector: norms' gains and the output's biases (BitFit, arXiv 2106.10199). */
        BIASES,
        /** A product of two narrow matrices, added to each matrix of the attention (LoRA, arXiv 2106.09685). */
        LORA,
        /** The numbers with the largest gradients, found once before training (FISH mask, arXiv 2111.09839; 2412.13488). */
        MASK,
        ALL,
        /** Nothing at all. */
        NONE
    }

    static final Update ALL = new Update(Part.ALL, 0);
    static final Update NONE = new Update(Part.NONE, 0);

    private static final Pattern SPELLED =
            Pattern.compile("(bias|head|biases|all)|lora:([1-9]\\d?)|mask:(0?\\.\\d+|1)");

    /**
     * Reads {@code bias}, {@code head}, {@code biases}, {@code lora:RANK}, {@code mask:SHARE} or {@code all}.
     *
     * @throws IllegalArgumentException for anything else
     */
    static Update parse(String text) {
        Matcher spelled = SPELLED.matcher(text);
        if (!spelled.matches()) {
            throw new IllegalArgumentException(
                    "update: " + text + " (expected: bias, head, biases, lora:1..99, mask:0..1 or all)");
        }
        if (spelled.group(1) != null) {
            return new Update(Part.valueOf(text.toUpperCase(Locale.ROOT)), 0);
        }
        return spelled.group(2) == null
                ? new Update(Part.MASK, Double.parseDouble(spelled.group(3)))
                : new Update(Part.LORA, Integer.parseInt(spelled.group(2)));
    }
}
