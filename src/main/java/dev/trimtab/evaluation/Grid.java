package dev.trimtab.evaluation;

import java.util.List;
import java.util.stream.Collectors;

/**
 * A table as text.
 *
 * @param title what it is about
 * @param says how to read it
 * @param header one entry per column
 * @param rows each as long as the header; the first entry names the row
 */
record Grid(String title, String says, List<String> header, List<List<String>> rows) {

    String markdown() {
        String head = "| " + String.join(" | ", header) + " |\n" + "| --- ".repeat(header.size()) + "|\n";
        return head
                + rows.stream()
                        .map(row -> row.stream()
                                .map(cell -> cell.replace("|", "\\|").replace('\n', ' '))
                                .collect(Collectors.joining(" | ", "| ", " |\n")))
                        .collect(Collectors.joining());
    }

    String html() {
        StringBuilder html = new StringBuilder("<div class=\"wide\"><table><thead><tr>");
        header.forEach(cell ->
                html.append("<th scope=\"col\">").append(Html.text(cell)).append("</th>"));
        html.append("</tr></thead><tbody>");
        for (List<String> row : rows) {
            html.append("<tr><th scope=\"row\">").append(Html.text(row.get(0))).append("</th>");
            row.stream()
                    .skip(1)
                    .forEach(cell -> html.append("<td>").append(Html.text(cell)).append("</td>"));
            html.append("</tr>");
        }
        return html.append("</tbody></table></div>\n").toString();
    }
}
