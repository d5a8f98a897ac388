package io.irscale.cli.report;

import com.samskivert.mustache.Mustache;
import com.samskivert.mustache.Template;
import io.irscale.cli.Version;
import io.irscale.error.InternalException;
import io.irscale.file.AtomicFile;
import io.irscale.report.Fonts;
import java.io.IOException;
import java.io.InputStream;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * Writes what a run of searches has found as one HTML file that needs nothing beside it: charts are SVG and pictures JPEG
 * inside the page, and there are no scripts.
 */
public final class HtmlReport {
    private static final int MOST = 20;

    private final ReportHead head;
    private final PromptView.Maker maker;
    private final Template page;
    private final Template section;
    private final List<String> sections = new ArrayList<>();
    private int prompts;

    /** {@code notes} hears why something is left out. */
    public HtmlReport(ReportHead head, Consumer<String> notes) {
        this.head = head;
        boolean drawn = Fonts.available();
        if (!drawn) {
            notes.accept("the report will have no charts, as Java finds no fonts here; " + Fonts.REMEDY);
        }
        this.maker = new PromptView.Maker(head, drawn, new Svg());
        Mustache.Compiler compiler = Mustache.compiler().withLoader(name -> new StringReader(resource(name)));
        this.page = compiler.compile(resource("report.html"));
        this.section = compiler.compile(resource("prompt.html"));
    }

    /** Whether another prompt would be shown: of very many, the first ones are. */
    public boolean wantsMore() {
        return prompts < MOST;
    }

    /** The next prompt; gives its section, empty where it is not shown. */
    public String add(PromptPage prompt) {
        String html = wantsMore() ? section.execute(maker.of(prompts + 1, prompt)) : "";
        add(html);
        return html;
    }

    /** The next prompt by its section. */
    public void add(String html) {
        prompts++;
        if (prompts <= MOST) {
            sections.add(html);
        }
    }

    /** Writes the file, at once. */
    public void write(Path file) {
        String html = page.execute(new PageView(
                Version.text(),
                resource("report.css"),
                prompts == 1 ? "1 prompt" : prompts + " prompts",
                head,
                String.join("\n", sections),
                Math.max(0, prompts - MOST)));
        AtomicFile.write(file, html.getBytes(StandardCharsets.UTF_8));
    }

    static String resource(String name) {
        try (InputStream in = HtmlReport.class.getResourceAsStream(name)) {
            if (in == null) {
                throw new InternalException(name + " is missing from irscale's jar; rebuild with ./mvnw package");
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new InternalException(name + " in irscale's jar cannot be read; rebuild with ./mvnw package", e);
        }
    }
}
