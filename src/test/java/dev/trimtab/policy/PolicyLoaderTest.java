package dev.trimtab.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.trimtab.token.Token;
import java.nio.file.Path;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PolicyLoaderTest {
    @TempDir
    Path root;

    private PolicyFiles files;

    @BeforeEach
    void writeFiles() {
        files = new PolicyFiles(root);
        files.write("voice/bias.tsv", "");
        files.write("voice/model.onnx", "model");
        files.write("voice/tokenizer.json", "{}");
    }

    @Test
    void policy_thatSaysNothing_steersNothing() throws Exception {
        Policy policy = load("description: nothing yet");

        assertThat(policy.steers()).isFalse();
        assertThat(policy.stage()).isEqualTo(Stage.FULL);
        assertThat(policy.failureMode()).isEqualTo(FailureMode.OPEN);
        assertThat(policy.route()).isEqualTo(Route.DRAFTED);
        assertThat(policy.upstream()).isNull();
        assertThat(policy.model()).isNull();
        assertThat(policy.limits()).isEqualTo(new Limits(64, 64, 8));
    }

    @Test
    void policy_emptyFile_steersNothing() throws Exception {
        assertThat(load("").steers()).isFalse();
    }

    @Test
    void policy_everyKey_isRead() throws Exception {
        Policy policy = load("""
                description: speaks to the reader
                upstream: demo
                model: big
                stage: off
                failure-mode: closed
                route: stepwise
                preface: [{role: system, content: Be kind.}]
                bias: bias.tsv
                scorers:
                  - plugin: model.onnx
                    tokenizer: tokenizer.json
                    strength: 0.5
                limits: {calls: 3, replacements: 0}
                """);

        assertThat(policy.name()).isEqualTo("voice");
        assertThat(policy.version()).matches("[0-9a-f]{12}");
        assertThat(policy.stage()).isEqualTo(Stage.OFF);
        assertThat(policy.failureMode()).isEqualTo(FailureMode.CLOSED);
        assertThat(policy.route()).isEqualTo(Route.STEPWISE);
        assertThat(policy.upstream()).isEqualTo("demo");
        assertThat(policy.model()).isEqualTo("big");
        assertThat(policy.preface()).containsExactly(new PrefaceMessage("system", "Be kind."));
        assertThat(policy.scorers()).singleElement().satisfies(scorer -> {
            assertThat(scorer.scorer().name()).isEqualTo("model");
            assertThat(scorer.strength()).isEqualTo(0.5);
        });
        assertThat(policy.limits()).isEqualTo(new Limits(3, 0, 8));
    }

    @ParameterizedTest
    @CsvSource({"1, true", "0, false"})
    void scorer_alone_steersWithStrengthOnly(String strength, boolean steers) throws Exception {
        Policy policy = load("scorers: [{plugin: model.onnx, tokenizer: tokenizer.json, strength: " + strength + "}]");

        assertThat(policy.steers()).isEqualTo(steers);
        assertThat(policy.steersTokens()).isEqualTo(steers);
    }

    @Test
    void negative_inTheFileOrInAFileOfItsOwn_isTheSame() throws Exception {
        String rules = """
                - name: prices
                  phrases: [cheap, "£"]
                - name: words
                  whole-words: true
                  phrases: [low cost]
                  tokens: [" dear", "id:7"]
                """;
        Negative inline =
                load("negative:\n  floor: 0.2\n  rules:\n" + rules.indent(4)).negative();
        files.write("voice/rules.yaml", rules);
        Policy policy = load("negative: {rules: rules.yaml}");

        assertThat(inline.phrases().rules())
                .isEqualTo(policy.negative().phrases().rules());
        assertThat(inline.floor()).isEqualTo(0.2);
        assertThat(policy.negative().floor()).isEqualTo(0.05);
        assertThat(policy.negative().phrases().rules().get(1).phrases()).containsExactly("low cost");
        assertThat(policy.negative().phrases().rules().get(1).wholeWords()).isTrue();
        assertThat(policy.bias().nats(Token.of(" dear"))).isEqualTo(Double.NEGATIVE_INFINITY);
        assertThat(policy.bias().nats(new Token(7, new byte[] {1}))).isEqualTo(Double.NEGATIVE_INFINITY);
    }

    @Test
    void negative_ofPhrasesAlone_needsNothingOfTokensButTheirText() throws Exception {
        Policy phrases = load("negative: {rules: [{name: a, phrases: [x]}]}");
        Policy tokens = load("negative: {rules: [{name: a, tokens: [x]}]}");

        assertThat(phrases.steersTokens()).isTrue();
        assertThat(phrases.weighsTokens()).isFalse();
        assertThat(tokens.weighsTokens()).isTrue();
    }

    @Test
    void negative_brokenRules_namesFileAndLine() {
        files.write("voice/rules.yaml", "- name: a\n  phrases: [\n");
        assertThatThrownBy(() -> load("negative: {rules: rules.yaml}"))
                .hasMessageStartingWith("policies/voice/policy.yaml: rules.yaml: line ");
        files.write("voice/rules.yaml", "- name: a\n  phrases: 3\n");
        assertThatThrownBy(() -> load("negative: {rules: rules.yaml}"))
                .hasMessageStartingWith(
                        "policies/voice/policy.yaml: rules.yaml: [0].phrases: 3 (expected: a list of texts)");
    }

    @Test
    void preface_alone_steersWithoutLookingAtTokens() throws Exception {
        Policy policy = load("preface: [{role: system, content: Be kind.}]");

        assertThat(policy.steers()).isTrue();
        assertThat(policy.steersTokens()).isFalse();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "stage: shadow|stage: shadow (expected: off or full)",
                "stage: true|stage: true (expected: off or full)",
                "failure-mode: ajar|failure-mode: ajar (expected: open or closed)",
                "route: scenic|route: scenic (expected: drafted or stepwise or resampled or drafted-or-resampled)",
                "model: 3|model: 3 (expected: a text)",
                "upstream: [a]|upstream: [\"a\"] (expected: a text)",
                "description: {}|description: {} (expected: a text)",
                "preface: Be kind.|preface: Be kind. (expected: a list of mappings)",
                "preface: [Be kind.]|preface: [\"Be kind.\"] (expected: a list of mappings)",
                "preface: [{role: narrator, content: x}]"
                        + "|preface[0].role: narrator (expected: system, developer, user or assistant)",
                "preface: [{role: system}]|preface[0].content: nothing (expected: a text)",
                "preface: [{content: x}]|preface[0].role: nothing (expected: a text)",
                "preface: [{role: system, content: x, name: y}]"
                        + "|preface[0].name: y (expected: no such key; known: role, content)",
                "bias: nowhere.tsv|bias: nowhere.tsv (expected: a file in the policy's folder)",
                "bias: ../voice/bias.tsv/../../other|bias: ../voice/bias.tsv/../../other"
                        + " (expected: a file in the policy's folder)",
                "scorers: [{plugin: nowhere.onnx, tokenizer: tokenizer.json}]"
                        + "|scorers[0].plugin: nowhere.onnx (expected: a file in the policy's folder)",
                "scorers: [{plugin: model.onnx}]|scorers[0].tokenizer: nothing (expected: a text)",
                "scorers: [{plugin: model.onnx, tokenizer: tokenizer.json, strength: -1}]"
                        + "|scorers[0].strength: -1 (expected: a number ≥ 0)",
                "scorers: [{plugin: model.onnx, tokenizer: tokenizer.json, strength: high}]"
                        + "|scorers[0].strength: high (expected: a number ≥ 0)",
                "negative: rules.yaml|negative: rules.yaml (expected: a mapping)",
                "negative: {rules: [{name: a, phrases: [x]}], floor: 2}|negative.floor: 2 (expected: 0..1)",
                "negative: {floor: 0.1}|negative.rules:  (expected: at least one rule)",
                "negative: {rules: []}|negative.rules: [] (expected: at least one rule)",
                "negative: {rules: nowhere.yaml}"
                        + "|negative.rules: nowhere.yaml (expected: a file in the policy's folder)",
                "negative: {rules: bias.tsv}|negative.rules: bias.tsv (expected: a list of mappings)",
                "negative: {rules: [{phrases: [x]}]}|negative.rules[0].name: nothing (expected: a text)",
                "negative: {rules: [{name: a}]}"
                        + "|negative.rules[0].phrases:  (expected: phrases or tokens that never get out)",
                "negative: {rules: [{name: a, phrases: x}]}"
                        + "|negative.rules[0].phrases: x (expected: a list of texts)",
                "negative: {rules: [{name: a, phrases: [x, '']}]}"
                        + "|negative.rules[0].phrases[1]:  (expected: texts of at least one character)",
                "negative: {rules: [{name: a, phrases: [x], whole-words: 1}]}"
                        + "|negative.rules[0].whole-words: 1 (expected: true or false)",
                "negative: {rules: [{name: a, phrases: [x]}, {name: a, phrases: [y]}]}"
                        + "|negative.rules[1].name: a (expected: each name once)",
                "negative: {rules: [{name: a, phrases: [x], case: true}]}|negative.rules[0].case: true"
                        + " (expected: no such key; known: name, phrases, tokens, whole-words)",
                "limits: 3|limits: 3 (expected: a mapping)",
                "limits: {calls: 0}|limits.calls: 0 (expected: an integer ≥ 1)",
                "limits: {calls: 1.5}|limits.calls: 1.5 (expected: an integer ≥ 1)",
                "limits: {replacements: -1}|limits.replacements: -1 (expected: an integer ≥ 0)",
                "limits: {drafts: 0}|limits.drafts: 0 (expected: an integer ≥ 1)",
                "limits: {drafts: 129}|limits.drafts: 129 (expected: an integer 1..128)",
                "limits: {call: 1}|limits.call: 1 (expected: no such key; known: calls, replacements, drafts)",
                "- stage: off|[{\"stage\":\"off\"}] (expected: a mapping)",
            })
    void policy_wrongValue_namesKeyValueAndExpectation(String yaml, String problem) {
        assertThatThrownBy(() -> load(yaml))
                .isInstanceOf(BadPolicyException.class)
                .hasMessage("policies/voice/policy.yaml: " + problem);
    }

    @Test
    void policy_ofWholeDrafts_saysHowMany() throws Exception {
        Policy policy =
                load("route: drafted-or-resampled\nlimits: {drafts: 16}\npreface: [{role: system, content: a}]");
        assertThat(policy.route()).isEqualTo(Route.DRAFTED_OR_RESAMPLED);
        assertThat(policy.limits()).isEqualTo(new Limits(64, 64, 16));
    }

    @Test
    void policy_unknownKey_listsTheKnownOnes() {
        assertThatThrownBy(() -> load("stag: full"))
                .hasMessage("policies/voice/policy.yaml: stag: full (expected: no such key; known: description, stage,"
                        + " failure-mode, route, upstream, model, preface, bias, scorers, negative, limits, serves)");
    }

    @Test
    void policy_severalProblems_areReportedAtOnce() {
        files.write("voice/broken.onnx", "broken");
        files.write("voice/bias.tsv", "bad");

        assertThatThrownBy(() -> load("""
                        stage: half
                        bias: bias.tsv
                        scorers: [{plugin: broken.onnx, tokenizer: tokenizer.json}]
                        limits: {calls: none}
                        """))
                .hasMessageContaining("policies/voice/policy.yaml: stage: half")
                .hasMessageContaining("policies/voice/policy.yaml: bias: bias.tsv: ")
                .hasMessageContaining("policies/voice/policy.yaml: scorers[0].plugin: broken.onnx: no ONNX model")
                .hasMessageContaining("policies/voice/policy.yaml: limits.calls: none");
    }

    @Test
    void policy_brokenYaml_namesTheLine() {
        assertThatThrownBy(() -> load("stage: full\nbias: [\n"))
                .isInstanceOf(BadPolicyException.class)
                .hasMessageStartingWith("policies/voice/policy.yaml: line ")
                .hasMessageEndingWith("(expected: YAML)");
    }

    @Test
    void policy_keyTwice_isAProblem() {
        assertThatThrownBy(() -> load("stage: full\nstage: off\n"))
                .isInstanceOf(BadPolicyException.class)
                .hasMessageContaining("stage");
    }

    @Test
    void folder_withoutFile_isAProblem() {
        files.write("empty/readme.txt", "");

        assertThatThrownBy(() -> loader().load(files.folder("empty"), "0"))
                .hasMessage("policies/empty/policy.yaml: nothing (expected: a file)");
    }

    @Test
    void upstream_notConfigured_isTheOnlyProblem() {
        assertThatThrownBy(() -> load("upstream: other\nstage: half"))
                .hasMessage("policies/voice/policy.yaml: upstream: other"
                        + " (expected: demo, the upstream that is configured)");
    }

    @Test
    void policy_thatIsBad_closesWhatItOpened() {
        assertThatThrownBy(() -> load("stage: half\nscorers: [{plugin: model.onnx, tokenizer: tokenizer.json}]"));

        assertThat(files.scorers()).singleElement().matches(NamedScorer::closed);
    }

    @Test
    void version_changesWithAnyFileAndOnlyWithIts() throws Exception {
        PolicyFolder folder = files.folder("voice");
        String version = folder.version();
        files.write("voice/bias.tsv", "x\t1");
        assertThat(folder.version()).isNotEqualTo(version);
        files.write("voice/bias.tsv", "");
        files.write("other/bias.tsv", "x\t1");
        assertThat(folder.version()).isEqualTo(version);
    }

    private PolicyLoader loader() {
        return new PolicyLoader(Set.of("demo"), files::read);
    }

    private Policy load(String yaml) throws Exception {
        files.write("voice/policy.yaml", yaml);
        PolicyFolder folder = files.folder("voice");
        return loader().load(folder, folder.version());
    }
}
