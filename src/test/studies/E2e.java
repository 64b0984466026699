import java.io.BufferedReader;
import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.regex.Pattern;
import java.util.zip.GZIPInputStream;

/**
 * Makes examples of rows of the E2E NLG Challenge (https://github.com/tuetschek/e2e-dataset, CC BY-SA 4.0):
 *
 * <pre>java src/test/studies/E2e.java CSV[.gz] PROMPT REGEX COUNT OUT.jsonl</pre>
 *
 * <p>{mr} in the prompt stands for the row's meaning representation; only references that contain the expression are taken,
 * COUNT of them at random, one of each meaning representation before a second of any (0: all).
 */
public final class E2e {
    private static final long SEED = 1;

    public static void main(String[] arguments) throws IOException {
        Pattern style = Pattern.compile(arguments[2]);
        Map<String, List<String>> byInput = new LinkedHashMap<>();
        for (List<String> row : rows(Path.of(arguments[0]))) {
            if (style.matcher(row.get(1)).find()) {
                byInput.computeIfAbsent(row.get(0), mr -> new ArrayList<>()).add(row.get(1));
            }
        }
        Random random = new Random(SEED);
        List<String> inputs = new ArrayList<>(byInput.keySet());
        Collections.shuffle(inputs, random);
        byInput.values().forEach(references -> Collections.shuffle(references, random));
        List<String> lines = new ArrayList<>();
        for (int turn = 0; lines.size() < byInput.values().stream().mapToInt(List::size).sum(); turn++) {
            for (String mr : inputs) {
                if (turn < byInput.get(mr).size()) {
                    lines.add(line(arguments[1].replace("{mr}", mr), byInput.get(mr).get(turn)));
                }
            }
        }
        int count = Integer.parseInt(arguments[3]);
        Files.write(Path.of(arguments[4]), count == 0 ? lines : lines.subList(0, Math.min(count, lines.size())));
    }

    private static String line(String prompt, String reference) {
        return "{\"messages\":[{\"role\":\"user\",\"content\":" + quoted(prompt) + "}],\"completion\":" + quoted(reference)
                + "}";
    }

    private static String quoted(String text) {
        return "\"" + text.replace("\\", "\\\\").replace("\"", "\\\"") + "\"";
    }

    private static List<List<String>> rows(Path csv) throws IOException {
        List<List<String>> rows = new ArrayList<>();
        try (InputStream file = new FileInputStream(csv.toFile());
                InputStream bytes = csv.toString().endsWith(".gz") ? new GZIPInputStream(file) : file;
                BufferedReader lines = new BufferedReader(new InputStreamReader(bytes, StandardCharsets.UTF_8))) {
            lines.readLine();
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                rows.add(fields(line));
            }
        }
        return rows;
    }

    private static List<String> fields(String line) {
        List<String> fields = new ArrayList<>();
        StringBuilder field = new StringBuilder();
        boolean inQuotes = false;
        for (int i = 0; i < line.length(); i++) {
            char c = line.charAt(i);
            if (c == '"' && inQuotes && i + 1 < line.length() && line.charAt(i + 1) == '"') {
                field.append('"');
                i++;
            } else if (c == '"') {
                inQuotes = !inQuotes;
            } else if (c == ',' && !inQuotes) {
                fields.add(field.toString());
                field.setLength(0);
            } else {
                field.append(c);
            }
        }
        fields.add(field.toString());
        return fields;
    }
}
