package dev.trimtab.gateway;

import dev.trimtab.openai.AnswerChoice;
import dev.trimtab.openai.AnswerForm;
import dev.trimtab.openai.AnswerHead;
import dev.trimtab.openai.SamplingParameters;
import dev.trimtab.openai.Usage;
import dev.trimtab.policy.Policy;
import dev.trimtab.steering.AnswerPart;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.node.ObjectNode;

/** One steered answer in the form that its client asked for: whole, or chunk by chunk. Confined to one answer. */
record SteeredAnswer(
        AnswerForm form,
        AnswerHead head,
        SamplingParameters sampling,
        Policy policy,
        Explanation explanation,
        SteeredChoices choices) {

    /** The whole answer, once every part has been added. */
    ObjectNode whole() {
        return reported(form.whole(head, choices.whole(), choices.usage()));
    }

    /** What a part adds to a stream. */
    List<ObjectNode> chunks(AnswerPart part) {
        List<ObjectNode> chunks = new ArrayList<>();
        if (form == AnswerForm.CHAT && !choices.has(part.choice())) {
            chunks.add(form.first(head, part.choice()));
        }
        int sent = choices.length(part.choice());
        choices.add(part);
        chunks.add(form.chunk(head, delta(part), sent));
        return chunks;
    }

    /** The chunk behind the last part's, where there is something to say. */
    List<ObjectNode> last() {
        Usage usage = sampling.includeUsage() ? choices.usage() : null;
        if (usage == null && !reports()) {
            return List.of();
        }
        ObjectNode chunk = form.usage(head, usage == null ? new Usage(0, 0) : usage);
        if (usage == null) {
            chunk.remove("usage");
        }
        return List.of(reported(chunk));
    }

    private AnswerChoice delta(AnswerPart part) {
        if (part instanceof AnswerPart.Piece piece) {
            boolean logprobs = sampling.topLogprobs() >= 0;
            return new AnswerChoice(piece.choice(), piece.text(), logprobs ? piece.logprobs() : null, null);
        }
        return new AnswerChoice(part.choice(), "", null, ((AnswerPart.Closed) part).finishReason());
    }

    private ObjectNode reported(ObjectNode json) {
        return reports() ? json.set("trimtab", choices.report(policy)) : json;
    }

    /** That steering stopped on the way is said unasked. */
    private boolean reports() {
        return explanation != Explanation.NONE || choices.latched();
    }
}
