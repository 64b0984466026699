package dev.trimtab.steering;

import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/**
 * How a resampled choice was drawn.
 *
 * @param law what it was drawn from
 * @param drafts whole drafts that the upstream wrote for it
 * @param distinct how many of them differ
 * @param effectiveSampleSize (Σw)²/Σw² over the distinct drafts that it was drawn among, ≥ 1; null where the law is exact,
 *     or nothing could be drawn
 */
public record Resampled(
        ResampledLaw law,
        int drafts,
        int distinct,
        @Nullable Double effectiveSampleSize) {
    void write(ObjectNode json) {
        json.put("law", law.over());
        json.put("approximate", !law.exact());
        json.put("drafts", drafts);
        json.put("distinct", distinct);
        json.put("effective_sample_size", effectiveSampleSize);
    }
}
