package dev.trimtab.training;

import dev.trimtab.scoring.Bias;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What a scorer is to learn from.
 *
 * @param lessons to learn from, at least 2 prompts
 * @param heldOut to measure on and to stop by; where it is empty, parts of the lessons are held out by prompt
 * @param bias pushed to the upstream while the scorer serves
 * @param tokenizer the scorer's {@code tokenizer.json}, best the upstream's own
 * @param template how its prompts are written, JSON as {@link dev.trimtab.model.PromptTemplate} reads it
 * @param from weights to begin with, or null
 * @param unwanted for each step of a lesson whether each shown candidate is unwanted, or null where none is
 */
record ScorerRequest(
        List<Lesson> lessons,
        List<Lesson> heldOut,
        Bias bias,
        Path tokenizer,
        String template,
        @Nullable TransformerWeights from,
        @Nullable Function<Lesson, boolean[][]> unwanted,
        ScorerSettings settings) {}
