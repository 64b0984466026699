package dev.trimtab.evaluation;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import org.apache.commons.codec.digest.DigestUtils;
import org.jspecify.annotations.Nullable;

/**
 * Where figures come from: with the same of all of this they come out the same again, times aside.
 *
 * @param policyVersion digest of the policy's folder
 * @param upstream its name and address
 * @param fingerprint what tells the upstream and its model from what they may become
 * @param data the held-out answers
 * @param examples what prefaces were made of, or null
 * @param outside the prompts outside the aim, or null
 * @param newModel the language model of contenders that are one, or null
 * @param code version of this program
 */
public record Provenance(
        String policy,
        String policyVersion,
        String upstream,
        String model,
        String fingerprint,
        Source data,
        @Nullable Source examples,
        @Nullable Source outside,
        @Nullable Source newModel,
        Settings settings,
        String code,
        String machine,
        Instant date) {

    /**
     * A file.
     *
     * @param sha256 of its bytes, hexadecimal
     */
    public record Source(String name, String sha256) {
        public static Source of(Path file) throws IOException {
            return new Source(String.valueOf(file.getFileName()), DigestUtils.sha256Hex(Files.readAllBytes(file)));
        }
    }

    /**
     * How answers are written and figures drawn.
     *
     * @param temperature of written answers, ≥ 0
     * @param maxTokens of a written answer, ≥ 1
     * @param limit the most inputs, the first ones; 0 for all
     * @param seed of answers and of resampling
     */
    public record Settings(double temperature, int maxTokens, int limit, long seed) {}
}
