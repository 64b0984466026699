package dev.trimtab;

import static java.util.stream.Collectors.groupingBy;
import static java.util.stream.Collectors.joining;
import static java.util.stream.Collectors.toList;
import static org.assertj.core.api.Assertions.assertThat;

import com.github.javaparser.JavaParser;
import com.github.javaparser.ParserConfiguration;
import com.github.javaparser.ParserConfiguration.LanguageLevel;
import com.github.javaparser.ast.CompilationUnit;
import com.github.javaparser.ast.Node;
import com.github.javaparser.ast.body.CompactConstructorDeclaration;
import com.github.javaparser.ast.body.ConstructorDeclaration;
import com.github.javaparser.ast.body.MethodDeclaration;
import com.github.javaparser.ast.body.TypeDeclaration;
import com.github.javaparser.ast.nodeTypes.NodeWithSimpleName;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Holds the budgets: how long classes and methods are, how much they import, and how much of a room is public. */
class BudgetTest {
    private static final Path SOURCES = Path.of("src/main/java");

    /** Rooms whose types are the words that the other rooms speak. */
    private static final Set<String> VOCABULARIES = Set.of("dev.trimtab.token", "dev.trimtab.openai");

    private static final List<CompilationUnit> UNITS = parse();

    private record Sized(String name, int lines) {}

    @Test
    void classes_stayShort() {
        List<Sized> classes = types().map(type -> new Sized(type.getNameAsString(), lines(type)))
                .toList();
        assertBudget("class", classes, 100, 300, 400);
    }

    @Test
    void methods_stayShort() {
        assertBudget("method", UNITS.stream().flatMap(BudgetTest::methods).toList(), 5, 16, 50);
    }

    @Test
    void imports_stayFew() {
        List<String> tooMany = types().filter(type -> unit(type).getImports().size() > 25)
                .map(type ->
                        type.getNameAsString() + ": " + unit(type).getImports().size() + " (expected: ≤ 25)")
                .toList();
        assertThat(tooMany).as("classes with too many imports").isEmpty();
    }

    @Test
    void rooms_hideAtLeastHalfOfTheirTypes() {
        Map<String, List<TypeDeclaration<?>>> rooms = types().collect(groupingBy(BudgetTest::packageOf, toList()));
        List<String> tooOpen = rooms.entrySet().stream()
                .filter(room -> !VOCABULARIES.contains(room.getKey()))
                .filter(room -> 2 * publicTypes(room.getValue()).size()
                        > room.getValue().size())
                .map(room -> room.getKey() + ": " + publicTypes(room.getValue()).size() + " of "
                        + room.getValue().size() + " are public: " + publicTypes(room.getValue()))
                .toList();
        assertThat(tooOpen).as("rooms that are more than half public").isEmpty();
    }

    @Test
    void sources_areFound() {
        assertThat(UNITS).hasSizeGreaterThan(10);
    }

    private static void assertBudget(String what, List<Sized> sizes, int median, int ninety, int max) {
        List<Sized> sorted =
                sizes.stream().sorted(Comparator.comparingInt(Sized::lines)).toList();
        String longest = sorted.stream()
                .skip(Math.max(0, sorted.size() - 12))
                .map(sized -> sized.name() + " " + sized.lines())
                .collect(joining(", "));
        assertThat(quantile(sorted, 0.5))
                .as("median %s lines; longest: %s", what, longest)
                .isLessThanOrEqualTo(median);
        assertThat(quantile(sorted, 0.9))
                .as("90 %% of %s lines; longest: %s", what, longest)
                .isLessThanOrEqualTo(ninety);
        assertThat(quantile(sorted, 1))
                .as("greatest %s lines; longest: %s", what, longest)
                .isLessThanOrEqualTo(max);
    }

    private static int quantile(List<Sized> sorted, double share) {
        return sorted.get((int) Math.ceil(share * sorted.size()) - 1).lines();
    }

    private static Stream<TypeDeclaration<?>> types() {
        return UNITS.stream().flatMap(unit -> unit.getTypes().stream());
    }

    private static Stream<Sized> methods(CompilationUnit unit) {
        String file = unit.getStorage().orElseThrow().getFileName().replace(".java", "");
        return unit.findAll(Node.class, BudgetTest::hasBody).stream()
                .map(method -> new Sized(
                        file + "." + ((NodeWithSimpleName<?>) method).getNameAsString(), methodLines(method)));
    }

    private static boolean hasBody(Node node) {
        return node instanceof ConstructorDeclaration
                || node instanceof CompactConstructorDeclaration
                || node instanceof MethodDeclaration method && method.getBody().isPresent();
    }

    /** From the line of the name to the closing brace; annotations and the Javadoc do not count. */
    private static int methodLines(Node method) {
        int name = ((NodeWithSimpleName<?>) method).getName().getBegin().orElseThrow().line;
        return method.getEnd().orElseThrow().line - name + 1;
    }

    /** From the first annotation or modifier to the closing brace; the Javadoc does not count. */
    private static int lines(Node node) {
        return node.getRange().orElseThrow().getLineCount();
    }

    private static List<String> publicTypes(List<TypeDeclaration<?>> types) {
        return types.stream()
                .filter(TypeDeclaration::isPublic)
                .map(TypeDeclaration::getNameAsString)
                .sorted()
                .toList();
    }

    private static String packageOf(TypeDeclaration<?> type) {
        return unit(type).getPackageDeclaration().orElseThrow().getNameAsString();
    }

    private static CompilationUnit unit(TypeDeclaration<?> type) {
        return type.findCompilationUnit().orElseThrow();
    }

    private static List<CompilationUnit> parse() {
        JavaParser parser = new JavaParser(new ParserConfiguration().setLanguageLevel(LanguageLevel.JAVA_17));
        try (Stream<Path> files = Files.walk(SOURCES)) {
            return files.filter(file -> file.toString().endsWith(".java"))
                    .map(file -> parse(parser, file))
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static CompilationUnit parse(JavaParser parser, Path file) {
        try {
            return parser.parse(file).getResult().orElseThrow();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
