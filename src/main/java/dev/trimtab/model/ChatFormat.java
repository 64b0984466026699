package dev.trimtab.model;

import dev.trimtab.model.PromptTemplate.Frame;
import dev.trimtab.model.PromptTemplate.Part;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * How well-known families of models write a conversation, as their published chat templates do, byte for byte: what they
 * trim, what they put first, and what they refuse.
 */
public enum ChatFormat {
    /** OpenHermes, Qwen and many others; without a default system message. */
    CHATML(
            "",
            false,
            Map.of(
                    "system", new Frame("<|im_start|>system\n", "<|im_end|>\n"),
                    "user", new Frame("<|im_start|>user\n", "<|im_end|>\n"),
                    "assistant", new Frame("<|im_start|>assistant\n", "<|im_end|>\n")),
            Set.of("<|im_start|>", "<|im_end|>", "<|endoftext|>")),
    /** Meta-Llama-3-8B-Instruct. */
    LLAMA_3(
            "<|begin_of_text|>",
            true,
            Map.of(
                    "system", new Frame("<|start_header_id|>system<|end_header_id|>\n\n", "<|eot_id|>"),
                    "user", new Frame("<|start_header_id|>user<|end_header_id|>\n\n", "<|eot_id|>"),
                    "assistant", new Frame("<|start_header_id|>assistant<|end_header_id|>\n\n", "<|eot_id|>")),
            Set.of(
                    "<|begin_of_text|>",
                    "<|end_of_text|>",
                    "<|start_header_id|>",
                    "<|end_header_id|>",
                    "<|eot_id|>",
                    "<|eom_id|>",
                    "<|python_tag|>")),
    /** Mistral-7B-Instruct-v0.2. */
    MISTRAL(
            "<s>",
            false,
            Map.of("user", new Frame("[INST] ", " [/INST]"), "assistant", new Frame("", "</s>")),
            Set.of("<s>", "</s>", "<unk>", "[INST]", "[/INST]")),
    /** gemma-2-2b-it. */
    GEMMA(
            "<bos>",
            true,
            Map.of(
                    "user", new Frame("<start_of_turn>user\n", "<end_of_turn>\n"),
                    "assistant", new Frame("<start_of_turn>model\n", "<end_of_turn>\n")),
            Set.of("<bos>", "<eos>", "<pad>", "<unk>", "<start_of_turn>", "<end_of_turn>")),
    /** Phi-3.5-mini-instruct. */
    PHI(
            "",
            false,
            Map.of(
                    "system", new Frame("<|system|>\n", "<|end|>\n"),
                    "user", new Frame("<|user|>\n", "<|end|>\n"),
                    "assistant", new Frame("<|assistant|>\n", "<|end|>\n")),
            Set.of("<|system|>", "<|user|>", "<|assistant|>", "<|end|>", "<|endoftext|>", "<s>", "</s>"));

    private final String beginning;
    private final boolean trims;
    // What is put in is unmodifiable.
    @SuppressWarnings("ImmutableEnumChecker")
    private final Map<String, Frame> frames;

    @SuppressWarnings("ImmutableEnumChecker")
    private final Set<String> controls;

    @SuppressWarnings("ImmutableEnumChecker")
    private final Pattern control;

    ChatFormat(String beginning, boolean trims, Map<String, Frame> frames, Set<String> controls) {
        this.beginning = beginning;
        this.trims = trims;
        this.frames = frames;
        this.controls = controls;
        this.control = Pattern.compile(controls.stream().map(Pattern::quote).collect(Collectors.joining("|")));
    }

    /** A message whose role a format cannot express, or not at its place. */
    public static final class InexpressibleException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        private final int message;

        InexpressibleException(int message, String why) {
            super(why);
            this.message = message;
        }

        /** The message's index. */
        public int message() {
            return message;
        }
    }

    /** A piece of a written conversation: one of the format's control strings, or text. */
    private record Piece(String text, boolean isControl) {}

    /**
     * A conversation as text, ready for the answer; a last part of the assistant's is left open for the answer to go on.
     * The mark that begins a text is left out: servers put it before a text themselves.
     *
     * @throws InexpressibleException where the format has no such role, or not at this place
     */
    public String text(List<Part> parts) {
        return written(parts).stream().map(Piece::text).collect(Collectors.joining());
    }

    /**
     * The same in token ids, with the mark that begins a text. No part's content becomes a special token.
     *
     * @throws InexpressibleException where the format has no such role, or not at this place
     * @throws ModelException where the tokenizer is another model's
     */
    public int[] ids(List<Part> parts, Tokenizer tokenizer) {
        IntStream.Builder ids = IntStream.builder();
        if (!beginning.isEmpty()) {
            if (!special(beginning, tokenizer)) {
                throw new ModelException("tokenizer: no " + beginning + " (expected: one of a " + name() + " model)");
            }
            ids.add(tokenizer.vocabulary().special(beginning));
        }
        StringBuilder run = new StringBuilder();
        for (Piece piece : written(parts)) {
            if (piece.isControl() && special(piece.text(), tokenizer)) {
                flush(run, tokenizer, ids);
                ids.add(tokenizer.vocabulary().special(piece.text()));
            } else {
                run.append(piece.text());
            }
        }
        flush(run, tokenizer, ids);
        return ids.build().toArray();
    }

    /**
     * A control string in a text that would act as one, or null.
     *
     * @param tokenizer what makes ids, or null where texts are sent: there every control string acts
     */
    public @Nullable String acting(String content, @Nullable Tokenizer tokenizer) {
        return controls.stream()
                .filter(content::contains)
                .filter(found -> tokenizer == null || !special(found, tokenizer))
                .findFirst()
                .orElse(null);
    }

    private static boolean special(String control, Tokenizer tokenizer) {
        return tokenizer.vocabulary().special(control) >= 0;
    }

    /** What stands between two special tokens is split as one text, as tokenizers do. */
    private static void flush(StringBuilder run, Tokenizer tokenizer, IntStream.Builder ids) {
        for (int id : tokenizer.encode(run.toString())) {
            ids.add(id);
        }
        run.setLength(0);
    }

    private List<Piece> written(List<Part> parts) {
        List<Piece> pieces = new ArrayList<>();
        for (int i = 0; i < parts.size(); i++) {
            Part part = parts.get(i);
            check(part.role(), i);
            boolean open = i == parts.size() - 1 && part.role().equals("assistant");
            if (this == PHI && part.role().equals("system") && part.content().isEmpty()) {
                continue;
            }
            add(pieces, frame(part.role()).prefix());
            pieces.add(new Piece(trims && !open ? trimmed(part.content()) : part.content(), false));
            if (!open) {
                add(pieces, frame(part.role()).suffix());
            }
        }
        if (parts.isEmpty() || !parts.get(parts.size() - 1).role().equals("assistant")) {
            add(pieces, frame("assistant").prefix());
        }
        return pieces;
    }

    private void check(String role, int index) {
        if (!frames.containsKey(role)) {
            throw new InexpressibleException(index, role + " (expected: user or assistant, as this template has it)");
        }
        boolean alternates = !frames.containsKey("system");
        if (alternates && role.equals("user") != (index % 2 == 0)) {
            throw new InexpressibleException(
                    index, role + " (expected: " + (index % 2 == 0 ? "user" : "assistant") + ", in turns)");
        }
    }

    private Frame frame(String role) {
        Frame frame = frames.get(role);
        if (frame == null) {
            throw new IllegalArgumentException(role);
        }
        return frame;
    }

    private void add(List<Piece> pieces, String framing) {
        Matcher found = control.matcher(framing);
        int from = 0;
        while (found.find()) {
            pieces.add(new Piece(framing.substring(from, found.start()), false));
            pieces.add(new Piece(found.group(), true));
            from = found.end();
        }
        pieces.add(new Piece(framing.substring(from), false));
    }

    /** Without the white space around it that the templates' own language takes for such. */
    private static String trimmed(String content) {
        int start = 0;
        int end = content.length();
        while (start < end && white(content.charAt(start))) {
            start++;
        }
        while (end > start && white(content.charAt(end - 1))) {
            end--;
        }
        return content.substring(start, end);
    }

    private static boolean white(char character) {
        return Character.isWhitespace(character) || Character.isSpaceChar(character) || character == 0x85;
    }
}
