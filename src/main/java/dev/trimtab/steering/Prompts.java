package dev.trimtab.steering;

import dev.trimtab.openai.ChatRequest;
import dev.trimtab.openai.CompletionPrompt;
import dev.trimtab.openai.CompletionRequest;
import dev.trimtab.openai.GenerationRequest;
import dev.trimtab.policy.Policy;
import dev.trimtab.policy.PrefaceMessage;
import dev.trimtab.scoring.Prompt;
import dev.trimtab.scoring.Prompt.Turn;
import dev.trimtab.upstream.Asked;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * One prompt of a request.
 *
 * @param forUpstream the request's JSON with this prompt alone, behind the policy's preface
 * @param forScorers the prompt without the preface
 * @param echo what the answer's text starts with, possibly empty
 * @param preceding the text that the answer goes on from, possibly empty
 */
record Prompts(ObjectNode forUpstream, Prompt forScorers, String echo, String preceding) {

    /** One entry per prompt: one for a chat, as many as were given for a completion. */
    static List<Prompts> of(GenerationRequest request, Policy policy, Asked upstream) {
        if (request instanceof ChatRequest chat) {
            List<Turn> turns = chat.messages().stream()
                    .map(message -> new Turn(role(message.role()), message.text()))
                    .toList();
            Turn last = turns.get(turns.size() - 1);
            String preceding = "assistant".equals(last.role()) ? last.content() : "";
            return List.of(new Prompts(prefaced(chat.json(), policy), new Prompt.Chat(turns), "", preceding));
        }
        List<Prompts> prompts = new ArrayList<>();
        CompletionRequest completion = (CompletionRequest) request;
        for (CompletionPrompt prompt : completion.prompts()) {
            ObjectNode json = completion.json().deepCopy();
            String text = text(prompt, upstream);
            if (prompt instanceof CompletionPrompt.Ids ids) {
                ArrayNode array = json.putArray("prompt");
                for (int id : ids.ids()) {
                    array.add(id);
                }
            } else {
                json.put("prompt", text);
            }
            prompts.add(new Prompts(json, new Prompt.Text(text), completion.echo() ? text : "", text));
        }
        return prompts;
    }

    /** The request's JSON with the policy's preface before the conversation. */
    static ObjectNode prefaced(ObjectNode request, Policy policy) {
        ObjectNode json = request.deepCopy();
        if (json.get("messages") instanceof ArrayNode messages) {
            List<PrefaceMessage> preface = policy.preface();
            for (int i = 0; i < preface.size(); i++) {
                messages.insertObject(i)
                        .put("role", preface.get(i).role())
                        .put("content", preface.get(i).content());
            }
        }
        return json;
    }

    private static String role(String role) {
        return "developer".equals(role) ? "system" : role;
    }

    private static String text(CompletionPrompt prompt, Asked upstream) {
        return prompt instanceof CompletionPrompt.Text text
                ? text.text()
                : upstream.text(((CompletionPrompt.Ids) prompt).ids());
    }
}
