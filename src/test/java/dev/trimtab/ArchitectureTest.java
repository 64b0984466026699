package dev.trimtab;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Holds the floor plan: every room looks only at the rooms listed beside it. */
class ArchitectureTest {
    private static final String ROOT = "dev.trimtab";

    /** Read top to bottom: a room names only rooms above it, so the plan cannot contain a cycle. */
    private static final Map<String, Set<String>> MAY_LOOK_AT = Map.ofEntries(
            room("token"),
            room("openai"),
            room("model", "token"),
            room("scoring", "token", "model"),
            room("upstream", "openai", "token", "model"),
            room("policy", "openai", "token", "model", "scoring", "upstream"),
            room("steering", "openai", "token", "scoring", "upstream", "policy"),
            room("gateway", "openai", "token", "upstream", "policy", "steering"),
            room("training", "openai", "token", "model", "scoring", "upstream", "policy", "steering"),
            room("evaluation", "openai", "token", "model", "scoring", "upstream", "policy", "steering"),
            room("demo", "openai", "token", "model"),
            room("bench", "openai"));

    /** Where a library may be seen; what stands in no entry is free. An empty name is the root. */
    private static final Map<String, Set<String>> LIBRARIES = Map.of(
            "ai.onnxruntime..", Set.of("model"),
            "ai.djl..", Set.of("model", "training"),
            "ai.onnx.proto..", Set.of("training"),
            "reactor.netty..", Set.of("upstream", "demo", "gateway", "bench"),
            "io.netty..", Set.of("upstream", "demo", "gateway", "bench"),
            "io.github.resilience4j..", Set.of("upstream"),
            "picocli..", Set.of(""),
            "org.springframework..", Set.of("gateway", ""));

    private static final JavaClasses CLASSES = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages(ROOT);

    static Stream<Map.Entry<String, Set<String>>> rooms() {
        return MAY_LOOK_AT.entrySet().stream();
    }

    @ParameterizedTest
    @MethodSource("rooms")
    void room_looksOnlyAtTheRoomsItIsAllowed(Map.Entry<String, Set<String>> room) {
        String[] allowed = Stream.concat(Stream.of(room.getKey()), room.getValue().stream())
                .map(ArchitectureTest::packageOf)
                .toArray(String[]::new);
        noClasses()
                .that()
                .resideInAPackage(packageOf(room.getKey()))
                .should()
                .dependOnClassesThat(resideInAPackage(ROOT + "..").and(not(resideInAnyPackage(allowed))))
                .check(CLASSES);
    }

    @Test
    void rooms_areFreeOfCycles() {
        slices().matching(ROOT + ".(*)..").should().beFreeOfCycles().check(CLASSES);
    }

    @Test
    void everyRoom_isOnThePlan() {
        Set<String> found = CLASSES.stream()
                .map(JavaClass::getPackageName)
                .filter(name -> name.startsWith(ROOT + "."))
                .map(name -> name.substring(ROOT.length() + 1))
                .collect(Collectors.toSet());
        assertThat(found).isEqualTo(MAY_LOOK_AT.keySet());
    }

    static Stream<Map.Entry<String, Set<String>>> libraries() {
        return LIBRARIES.entrySet().stream();
    }

    @ParameterizedTest
    @MethodSource("libraries")
    void library_staysInItsRooms(Map.Entry<String, Set<String>> library) {
        String[] rooms =
                library.getValue().stream().map(ArchitectureTest::packageOf).toArray(String[]::new);
        noClasses()
                .that(resideInAPackage(ROOT + "..").and(not(resideInAnyPackage(rooms))))
                .should()
                .dependOnClassesThat()
                .resideInAPackage(library.getKey())
                .check(CLASSES);
    }

    @Test
    void packages_areNullMarked() {
        classes()
                .that()
                .haveSimpleName("package-info")
                .should()
                .beAnnotatedWith(NullMarked.class)
                .check(CLASSES);
        assertThat(CLASSES.stream()
                        .filter(type -> type.getSimpleName().equals("package-info"))
                        .map(JavaClass::getPackageName))
                .as("packages with a package-info")
                .containsExactlyInAnyOrderElementsOf(
                        CLASSES.stream().map(JavaClass::getPackageName).collect(Collectors.toSet()));
    }

    @Test
    void names_sayWhatTheThingIs() {
        noClasses()
                .should()
                .haveNameMatching(".*(Impl|Utils?|Helper|Manager|Mapper|[.$]Base[A-Z]\\w*|[.$]Abstract[A-Z]\\w*)")
                .orShould()
                .resideInAnyPackage("..util..", "..utils..", "..common..", "..support..", "..impl..")
                .check(CLASSES);
    }

    /** A rule that cannot fail guards nothing, so one is made to fail on purpose. */
    @Test
    void rules_bite() {
        assertThatThrownBy(() -> noClasses()
                        .that()
                        .resideInAPackage(packageOf("scoring"))
                        .should()
                        .dependOnClassesThat()
                        .resideInAPackage(packageOf("token"))
                        .check(CLASSES))
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("Window");
    }

    private static Map.Entry<String, Set<String>> room(String name, String... mayLookAt) {
        return Map.entry(name, Set.of(mayLookAt));
    }

    /** Rooms are flat, so that the root is one package and not all of them. */
    private static String packageOf(String room) {
        return room.isEmpty() ? ROOT : ROOT + "." + room;
    }
}
