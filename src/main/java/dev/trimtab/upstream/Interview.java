package dev.trimtab.upstream;

import dev.trimtab.model.Vocabulary;
import dev.trimtab.token.ShownLaw;
import dev.trimtab.token.Truncation.Order;
import dev.trimtab.upstream.Capabilities.Continuation;
import dev.trimtab.upstream.Capabilities.EndRecords;
import dev.trimtab.upstream.Capabilities.Template;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.apache.commons.codec.digest.DigestUtils;
import org.jspecify.annotations.Nullable;

/** The questions of a probe in their order, each drawing on what was found before. What is unknown is taken for absent. */
final class Interview {
    /** The ways in which servers are told to go on with a last assistant message. */
    private static final int DIGEST_DIGITS = 12;

    private static final List<Map<String, Boolean>> PREFILLS = List.of(
            Map.of(), Map.of("continue_final_message", true, "add_generation_prompt", false), Map.of("prefix", true));

    private final ProbeCalls calls;
    private final Findings findings;
    private final UpstreamSettings settings;
    private final @Nullable Vocabulary vocabulary;

    /** @param settings what is known beforehand: the tokenizer, and a stated template */
    Interview(ProbeCalls calls, Findings findings, UpstreamSettings settings) {
        this.calls = calls;
        this.findings = findings;
        this.settings = settings;
        this.vocabulary = settings.vocabulary();
    }

    int calls() {
        return calls.made();
    }

    /** The model and the version as the upstream names them, and a digest of how it begins a story. */
    Seen<String> fingerprint() {
        ProbeAnswer answer = calls.streamed(calls.chat(ProbeCalls.STORY, 12, 0));
        String text = answer.text();
        String named = answer.field("model") + " " + answer.field("system_fingerprint");
        return new Seen<>(
                (named.strip() + " " + DigestUtils.sha256Hex(text).substring(0, DIGEST_DIGITS)).strip(),
                "A story at temperature 0 begins " + Quoted.text(text) + ".");
    }

    Capabilities capabilities(ModelListing listing) {
        ShownQuestions shown = new ShownQuestions(calls, vocabulary);
        int candidates = findings.ask("top-logprobs", 0, shown::topLogprobs);
        boolean spelled = findings.ask("record-bytes", false, shown::bytes);
        findings.ask("token-ids", false, shown::ids);
        boolean bans = findings.ask("bias-bans", false, shown::biasBans);
        int entries = bans ? findings.ask("bias-entries", 0, shown::biasEntries) : 0;
        boolean decimals = bans && findings.ask("bias-decimals", false, shown::biasDecimals);
        ShownLaw law = findings.ask("shown-law", ShownLaw.RAW, () -> shown.law(bans, decimals));
        SamplingQuestions sampling = new SamplingQuestions(calls, shown.step());
        findings.ask("seed", false, sampling::seed);
        double temperature = findings.ask("temperature", 1.0, sampling::temperature);
        findings.ask("n", false, sampling::choices);
        boolean cuts = findings.ask("top_p", false, () -> sampling.known("top_p", 0.001));
        Map<String, Double> neutral = neutral(sampling);
        findings.ask("default-truncation", false, () -> sampling.defaultsTruncate(neutral));
        Order order = cuts
                ? findings.ask("truncation-order", Order.TEMPERATURE_FIRST, () -> sampling.order(neutral))
                : Order.TEMPERATURE_FIRST;
        int usable = spelled && findings.knows("shown-law") ? candidates : 0;
        boolean merges = findings.ask("merged-records", false, new EndQuestions(calls, Math.max(1, usable))::merges);
        Capabilities known = new Capabilities(
                usable,
                law,
                order,
                Continuation.NONE,
                false,
                entries,
                ends(usable),
                neutral,
                Map.of(),
                temperature,
                findings.ask("context", 0, listing::context),
                findings.ask("vocabulary-size", 0, () -> vocabularySize(listing)),
                merges,
                bans && !decimals,
                Template.NONE,
                false);
        ContinuationQuestions questions = new ContinuationQuestions(calls, known, settings.tokenizer());
        Capabilities found = continuing(questions, known);
        boolean echoes = findings.ask("echo", false, () -> questions.echoes(found));
        findings.ask("cancel-stops", false, new CancelQuestion(calls)::stops);
        findings.ask("steers-chats", false, () -> steers(found));
        return found.echoing(echoes);
    }

    private Map<String, Double> neutral(SamplingQuestions sampling) {
        Map<String, Double> neutral = new LinkedHashMap<>();
        if (findings.ask("top_k", false, () -> sampling.known("top_k", 1))) {
            neutral.put("top_k", 0.0);
        }
        if (findings.ask("min_p", false, () -> sampling.known("min_p", 0.9999))) {
            neutral.put("min_p", 0.0);
        }
        return neutral;
    }

    private EndRecords ends(int candidates) {
        EndQuestions questions = new EndQuestions(calls, Math.max(1, candidates));
        return findings.ask("end-records", EndRecords.NEVER, questions::ends);
    }

    private Seen<Integer> vocabularySize(ModelListing listing) {
        return vocabulary == null
                ? listing.vocabularySize()
                : new Seen<>(vocabulary.size(), "The configured tokenizer has them.");
    }

    private Capabilities continuing(ContinuationQuestions questions, Capabilities known) {
        boolean told = findings.ask("prompt-ids", false, questions::promptIds);
        boolean byIds = told && findings.ask("continuation by token-ids", false, questions::byTokenIds);
        findings.ask(
                "token-arrays",
                false,
                () -> byIds ? new Seen<>(true, "The answer went on behind them.") : questions.tokenArrays());
        Map<String, Boolean> prefill = prefill(questions);
        if (prefill != null) {
            findings.ask("prefill-comes-back", false, () -> questions.prefillComesBack(prefill));
        }
        boolean byText = findings.ask("continuation by text", false, questions::byText);
        Template template = template(questions, byIds, told);
        if (template != Template.NONE) {
            Continuation way = byIds || written(template, told) ? Continuation.TOKEN_IDS : Continuation.TEXT;
            return known.resumingBy(way, told, Map.of()).writtenBy(template);
        }
        Continuation way = byIds
                ? Continuation.TOKEN_IDS
                : prefill != null ? Continuation.PREFILL : byText ? Continuation.TEXT : Continuation.NONE;
        return known.resumingBy(way, told, way == Continuation.PREFILL && prefill != null ? prefill : Map.of());
    }

    /** The stated template, or a server's own where its chats cannot be resumed by ids without; as far as it works. */
    private Template template(ContinuationQuestions questions, boolean byIds, boolean told) {
        Template stated = settings.capabilities().template();
        List<Template> tried = stated != Template.NONE
                ? List.of(stated)
                : byIds ? List.of() : List.of(Template.TOKENIZE, Template.APPLY_TEMPLATE);
        for (Template template : tried) {
            Continuation way = written(template, told) ? Continuation.TOKEN_IDS : Continuation.TEXT;
            String name = template.name().toLowerCase(Locale.ROOT).replace('_', '-');
            if (findings.ask("template " + name, false, () -> questions.byTemplate(template, way, told))) {
                return template;
            }
        }
        return Template.NONE;
    }

    /** Whether the ids of a chat that is written out become known. */
    private boolean written(Template template, boolean told) {
        return template.isServers() || told || settings.tokenizer() != null;
    }

    /** The fields with which a chat goes on with a last assistant message, or null where nothing makes it. */
    private @Nullable Map<String, Boolean> prefill(ContinuationQuestions questions) {
        for (Map<String, Boolean> fields : PREFILLS) {
            String with = fields.isEmpty() ? "" : " with " + String.join(", ", fields.keySet());
            if (findings.ask("continuation by prefill" + with, false, () -> questions.byPrefill(fields))) {
                return fields;
            }
        }
        return null;
    }

    private static Seen<Boolean> steers(Capabilities found) {
        String lacking = found.whyNotSteerable(true);
        return new Seen<>(lacking == null, lacking == null ? "Nothing is missing." : "It lacks " + lacking + ".");
    }
}
