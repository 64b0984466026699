package dev.trimtab.scoring;

/**
 * A place in a text that is read for {@link Phrases}, byte by byte. Malformed UTF-8 reads as U+FFFD, as a client sees it.
 * Characters are counted from the start of the text; one that is begun counts.
 */
public final class PhraseCursor {
    private static final int REPLACEMENT = 0xfffd;

    private final Phrases phrases;
    private int node = Phrases.ROOT;
    private boolean inWord;
    private int characters;
    private int partial;
    private int missing;
    private int least;
    private int most;
    private int matchedRule = PhraseTrie.NONE;
    private int matchedFrom;

    /**
     * At the start of a text.
     *
     * @param preceding what stands directly before it; its last character decides whether the text starts inside a word
     */
    public PhraseCursor(Phrases phrases, String preceding) {
        this.phrases = phrases;
        this.inWord = !preceding.isEmpty() && CodePoints.isWord(preceding.codePointBefore(preceding.length()));
    }

    private PhraseCursor(PhraseCursor other) {
        this.phrases = other.phrases;
        this.node = other.node;
        this.inWord = other.inWord;
        this.characters = other.characters;
        this.partial = other.partial;
        this.missing = other.missing;
        this.least = other.least;
        this.most = other.most;
    }

    /** Another cursor at the same place. */
    public PhraseCursor copy() {
        return new PhraseCursor(this);
    }

    /** Characters before this place. */
    public int characters() {
        return characters;
    }

    /** The first character that belongs to a phrase or to a character that is begun here; {@link #characters} for none. */
    public int openFrom() {
        return characters - (missing > 0 ? 1 : 0) - phrases.depth(node);
    }

    /** The rule whose phrase is complete. */
    public int matchedRule() {
        return matchedRule;
    }

    /** The first character of the phrase that is complete. */
    public int matchedFrom() {
        return matchedFrom;
    }

    /** Reads a byte; true where it completes a phrase, and then nothing may be read any more. */
    public boolean read(byte next) {
        int value = next & 0xff;
        if (missing > 0 && value >= least && value <= most) {
            return continued(value);
        }
        if (missing > 0) {
            missing = 0;
            if (character(REPLACEMENT)) {
                return true;
            }
        }
        characters++;
        return begun(value);
    }

    /** Reads the end of the text; true where it completes a phrase. */
    public boolean end() {
        if (missing > 0) {
            missing = 0;
            if (character(REPLACEMENT)) {
                return true;
            }
        }
        return moved(PhraseTrie.BREAK, characters);
    }

    private boolean continued(int value) {
        partial = partial << 6 | (value & 0x3f);
        least = 0x80;
        most = 0xbf;
        return --missing == 0 && character(partial);
    }

    /** Reads the first byte of a character; the second byte's range leaves out overlong forms and surrogates. */
    private boolean begun(int lead) {
        if (lead < 0x80) {
            return character(lead);
        }
        if (lead < 0xc2 || lead > 0xf4) {
            return character(REPLACEMENT);
        }
        missing = lead >= 0xf0 ? 3 : lead >= 0xe0 ? 2 : 1;
        partial = lead & (0x3f >> missing);
        least = lead == 0xe0 ? 0xa0 : lead == 0xf0 ? 0x90 : 0x80;
        most = lead == 0xed ? 0x9f : lead == 0xf4 ? 0x8f : 0xbf;
        return false;
    }

    private boolean character(int codePoint) {
        boolean word = CodePoints.isWord(codePoint);
        boolean goesOn = word && inWord;
        inWord = word;
        if (!goesOn && moved(PhraseTrie.BREAK, characters - 1)) {
            return true;
        }
        return moved(CodePoints.folded(codePoint), characters);
    }

    private boolean moved(int symbol, int end) {
        node = phrases.next(node, symbol);
        matchedRule = phrases.matchedRule(node);
        matchedFrom = end - phrases.matchedLength(node);
        return matchedRule != PhraseTrie.NONE;
    }
}
