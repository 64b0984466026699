package dev.trimtab.policy;

/**
 * A scorer as a policy names it.
 *
 * @param plugin the file of an ONNX reweighting model
 * @param tokenizer the file of the model's tokenizer
 * @param strength ≥ 0, finite
 */
record ScorerSpec(String plugin, String tokenizer, double strength) {}
