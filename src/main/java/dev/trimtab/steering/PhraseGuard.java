package dev.trimtab.steering;

import dev.trimtab.scoring.PhraseCursor;
import dev.trimtab.scoring.Phrases;
import dev.trimtab.token.TextAssembly;
import dev.trimtab.token.Token;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Keeps forbidden phrases out of one answer: says which token would complete one, how much of the answer's end must not be
 * sent since a phrase may still grow out of it, and what is banned where the answer was taken back. It looks at the bytes
 * of the text as its stop strings leave it, whoever chose the tokens.
 */
final class PhraseGuard {
    /** How many tokens are banned at one place before the answer is taken back there no more. */
    private static final int MOST_BANS = 16;

    private final Phrases phrases;
    private final TextAssembly<?> text;
    private final List<Token> tokens = new ArrayList<>();
    private final List<PhraseCursor> cursors = new ArrayList<>();
    private final List<Long> starts = new ArrayList<>();
    /** By character, the token that it starts in. */
    private final List<Integer> tokensOf = new ArrayList<>();

    private final Map<Integer, Set<Token>> bans = new HashMap<>();
    private int sendable;

    /**
     * A phrase that a token or the end would complete.
     *
     * @param rule the rule's index
     * @param token the index of the token that holds the phrase's first byte, or of the first of the phrase's that was not
     *     sent; the number of tokens for one that is not added
     */
    record Hit(int rule, int token) {}

    /**
     * @param text what the answer's bytes are added to, by others, before they are added here
     * @param preceding what stands directly before the answer
     */
    PhraseGuard(Phrases phrases, TextAssembly<?> text, String preceding) {
        this.phrases = phrases;
        this.text = text;
        cursors.add(new PhraseCursor(phrases, preceding));
        starts.add(0L);
    }

    /**
     * What forbids a token behind those that were added.
     *
     * @param last whether the text ends behind it; it does behind the end and where a stop string cuts it
     */
    @Nullable
    Hit hit(Token token, boolean last) {
        if (phrases.isEmpty()) {
            return null;
        }
        int byIdentity = phrases.ruleOf(token);
        if (byIdentity >= 0) {
            return new Hit(byIdentity, tokens.size());
        }
        long cut = text.cutBy(token.bytes());
        if (cut != TextAssembly.NOWHERE && cut < text.end()) {
            return hitAtCut(cut);
        }
        int length = cut == TextAssembly.NOWHERE ? token.bytes().length : (int) (cut - text.end());
        PhraseCursor cursor = now().copy();
        for (int i = 0; i < length; i++) {
            if (cursor.read(token.bytes()[i])) {
                return found(cursor);
            }
        }
        boolean ends = last || token.isEnd() || cut != TextAssembly.NOWHERE;
        return ends && cursor.end() ? found(cursor) : null;
    }

    /** What forbids that the text ends here. */
    @Nullable
    Hit hitAtEnd() {
        return hitAtEndOf(tokens.size());
    }

    /** How many of the tokens the text may end behind, the rest withheld. */
    int safeLength() {
        int length = tokens.size();
        for (Hit hit = hitAtEndOf(length); hit != null; hit = hitAtEndOf(length)) {
            length = hit.token();
        }
        return length;
    }

    /** The tokens that were added and not taken back, as a view that changes with them. */
    List<Token> tokens() {
        return Collections.unmodifiableList(tokens);
    }

    void add(Token token) {
        PhraseCursor cursor = now().copy();
        for (byte next : token.bytes()) {
            if (cursor.read(next) && !text.stopped()) {
                throw new IllegalStateException("a forbidden phrase was let through");
            }
            if (cursor.characters() > tokensOf.size()) {
                tokensOf.add(tokens.size());
            }
        }
        tokens.add(token);
        cursors.add(cursor);
        starts.add(text.end());
    }

    /**
     * How many of the tokens may be sent: a phrase may still grow out of the others, or they may have to be withheld for
     * the text to end where it can. What may once be sent always may, since it is not taken back any more.
     */
    int sendable() {
        int open = tokenOf(now().openFrom());
        for (int length = tokens.size(); length >= open && length > 0; length--) {
            Hit hit = hitAtEndOf(length);
            open = hit == null ? open : Math.min(open, hit.token());
        }
        sendable = Math.max(sendable, open);
        return sendable;
    }

    /** The place of a token in the text. */
    long start(int token) {
        return starts.get(token);
    }

    /** Takes back a token and what follows it; what was banned behind it is forgotten. */
    void takeBack(int token) {
        tokensOf.subList(cursors.get(token).characters(), tokensOf.size()).clear();
        tokens.subList(token, tokens.size()).clear();
        cursors.subList(token + 1, cursors.size()).clear();
        starts.subList(token + 1, starts.size()).clear();
        bans.keySet().removeIf(place -> place > token);
    }

    /** Bans the token that stands at a place from being drawn there again. */
    void ban(int place) {
        bans.computeIfAbsent(place, any -> new HashSet<>()).add(tokens.get(place));
    }

    /** True where the answer can be taken back to a phrase's first token, and has not been too often. */
    boolean canTakeBack(Hit hit) {
        return hit.token() < tokens.size()
                && bans.getOrDefault(hit.token(), Set.of()).size() < MOST_BANS;
    }

    /** True where a token is banned behind those that were added. */
    boolean bans(Token token) {
        return bans.getOrDefault(tokens.size(), Set.of()).contains(token);
    }

    private PhraseCursor now() {
        return cursors.get(tokens.size());
    }

    private @Nullable Hit hitAtEndOf(int length) {
        PhraseCursor cursor = cursors.get(length).copy();
        return cursor.end() ? found(cursor) : null;
    }

    /** Of a cut before the last token's end, where a stop string has begun earlier. */
    private @Nullable Hit hitAtCut(long cut) {
        int token = tokenAt(cut);
        PhraseCursor cursor = cursors.get(token).copy();
        for (int i = 0; i < cut - starts.get(token); i++) {
            cursor.read(tokens.get(token).bytes()[i]);
        }
        return cursor.end() ? found(cursor) : null;
    }

    private int tokenAt(long place) {
        int token = tokens.size();
        while (starts.get(token) > place) {
            token--;
        }
        return token;
    }

    private Hit found(PhraseCursor cursor) {
        return new Hit(cursor.matchedRule(), Math.max(sendable, tokenOf(cursor.matchedFrom())));
    }

    private int tokenOf(int character) {
        return character < tokensOf.size() ? tokensOf.get(character) : tokens.size();
    }
}
