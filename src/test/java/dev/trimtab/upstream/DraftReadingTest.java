package dev.trimtab.upstream;

import static org.assertj.core.api.Assertions.assertThat;

import dev.trimtab.openai.AnswerChunk;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class DraftReadingTest {
    /** As llama.cpp streams a character of several tokens: the last one's id and candidates, the whole one's bytes. */
    @Test
    void recordWithOtherBytesThanItsId_isOpaque() {
        assertThat(opaque("[240,159,145,169]", "[169]")).isTrue();
        assertThat(opaque("[169]", "[169]")).isFalse();
    }

    private static boolean opaque(String recordBytes, String candidateBytes) {
        String chunk = """
                {"choices":[{"index":0,"delta":{"content":"x"},"logprobs":{"content":[
                  {"id":7,"token":"x","bytes":%s,"logprob":-0.1,"top_logprobs":[
                    {"id":7,"token":"x","bytes":%s,"logprob":-0.1},
                    {"id":8,"token":"y","bytes":[121],"logprob":-3}]}]}}]}""".formatted(recordBytes, candidateBytes);
        DraftEvent event = new DraftReading()
                .events(AnswerChunk.parse(chunk.getBytes(StandardCharsets.UTF_8)))
                .get(0);
        return ((DraftEvent.Drawn) event).opaque();
    }
}
