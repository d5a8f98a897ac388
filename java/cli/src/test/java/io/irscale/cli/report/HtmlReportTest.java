package io.irscale.cli.report;

import static org.assertj.core.api.Assertions.assertThat;

import io.irscale.decode.Image;
import io.irscale.report.Fonts;
import io.irscale.report.Png;
import io.irscale.search.Candidate;
import io.irscale.search.Candidates;
import io.irscale.search.SearchResult;
import io.irscale.verify.Member;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jsoup.Jsoup;
import org.jsoup.nodes.Document;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class HtmlReportTest {
    private static final Member OPTIMISED = Member.of("clip");
    private static final Member HELD_OUT = new Member("other", 1, true);

    @TempDir
    private Path folder;

    private final List<String> notes = new ArrayList<>();
    private Path png = Path.of("");

    @BeforeEach
    void drawAnImage() {
        png = folder.resolve("image.png");
        Png.writeGrey8(png, 6, 4, new byte[24], Map.of());
    }

    @Test
    void hostileTextStaysText() throws IOException {
        String hostile = "<script>alert('1')</script> & \" </title><img src=x onerror=y>";
        Candidates search = new Candidates(4);
        search.finished(Candidate.ROOT, 0, 0.1f, 0.2f);
        search.finished(Candidate.ROOT, 0, 0.3f, 0.1f);
        Document page = write(
                List.of(Member.of(hostile), new Member(hostile + "2", 1, true)),
                hostile,
                search.result(hostile, hostile + "2"));
        assertThat(page.select("script, [onerror]")).isEmpty();
        assertThat(page.select("h2").text()).isEqualTo(hostile);
        assertThat(page.select("dt").eachText()).contains(hostile);
        assertThat(page.select("svg[aria-label]").eachAttr("aria-label"))
                .anySatisfy(label -> assertThat(label).contains("<script>"));
    }

    @Test
    void saysWhetherTheWinnerIsBetterByAVerifierThatWasHeldOut() throws IOException {
        Candidates fooled = new Candidates(4);
        Candidates honest = new Candidates(4);
        for (int i = 0; i < 5; i++) {
            fooled.finished(Candidate.ROOT, 0, i, -i);
            honest.finished(Candidate.ROOT, 0, i, i);
        }
        Document bad = write(List.of(OPTIMISED, HELD_OUT), "a", fooled.result("clip", "other"));
        assertThat(bad.select(".verdict").text())
                .isEqualTo("By other, which no search ever saw, a winner should score more than the median of its"
                        + " search's images. It does not for random (-4.0000 against -2.0000): there the gain may be"
                        + " no more than a weakness of what was optimised.");
        assertThat(bad.select("figcaption").text()).contains("Rank correlation -1.00 over 5 images");
        Document good = write(List.of(OPTIMISED, HELD_OUT), "a", honest.result("clip", "other"));
        assertThat(good.select(".verdict").text()).endsWith("So it does for random (4.0000 against 2.0000).");
        assertThat(good.select("figcaption").text()).contains("Rank correlation 1.00 over 5 images");
        assertThat(good.text()).doesNotContain("No verifier was held out");
    }

    @Test
    void asksForAHeldOutVerifierWhereThereIsNone() throws IOException {
        Candidates search = new Candidates(4);
        search.finished(Candidate.ROOT, 0, 0.1f);
        assertThat(write(List.of(OPTIMISED), "a", search.result("clip")).text())
                .contains("No verifier was held out", "--held-out DIR");
    }

    @Test
    void withoutVerifierThereAreImagesTimesAndCosts() throws IOException {
        Candidates search = new Candidates(4);
        search.finished(Candidate.ROOT, 0);
        Document page = write(List.of(), "a", search.result());
        assertThat(page.select(".winners img")).hasSize(2);
        assertThat(page.select(".chart h3").eachText()).containsExactly("Where the time went");
        assertThat(page.select("tbody tr")).hasSize(1);
        assertThat(page.select(".lead").text()).startsWith("Without a verifier");
    }

    @Test
    void scoresThatAreNotFiniteAreLeftOut() throws IOException {
        Candidates search = new Candidates(4);
        search.finished(Candidate.ROOT, 0, Float.NEGATIVE_INFINITY, Float.NaN);
        search.finished(Candidate.ROOT, 0, Float.NEGATIVE_INFINITY, 1);
        Document page = write(List.of(OPTIMISED, HELD_OUT), "a", search.result("clip", "other"));
        assertThat(page.select("tbody td").eachText()).startsWith("–", "–", "2");
        assertThat(page.html()).doesNotContain("NaN", "Infinity");
    }

    @Test
    void aTreeOfThousandsIsCutAndSaysSo() throws IOException {
        Candidates search = new Candidates(20);
        int line = search.dropped(Candidate.ROOT, 0, 1, 0.1);
        for (int step = 1; step < 19; step++) {
            int best = line;
            for (int i = 0; i < 100; i++) {
                best = search.dropped(line, step, step + 1, 0.1 + i / 1000.0);
            }
            line = best;
        }
        search.finished(line, 19, 0.9f);
        Document page = write(List.of(OPTIMISED), "a", search.result("clip"));
        assertThat(page.select(".family g").size()).isBetween(20, 60);
        assertThat(page.select(".family .out image, .family .winning image")).isNotEmpty();
        assertThat(page.select(".family text").eachText()).anyMatch(text -> text.matches("\\+ ?\\d+( more)?"));
        assertThat(page.text()).containsPattern("Shown are \\d+ of 1,?802 candidates");
    }

    @Test
    void aChainOfThousandsIsDrawn() throws IOException {
        Candidates search = new Candidates(4);
        int pivot = search.dropped(Candidate.ROOT, 0, 0);
        for (int i = 0; i < 5000; i++) {
            search.finished(pivot, 0, i);
            pivot = search.dropped(pivot, 0, 0);
        }
        search.finished(pivot, 0, 5000f);
        assertThat(write(List.of(OPTIMISED), "a", search.result("clip")).select(".family g"))
                .isNotEmpty();
    }

    @Test
    void ofManyPromptsTheFirstAreShown() throws IOException {
        Candidates search = new Candidates(2);
        search.finished(Candidate.ROOT, 0, 0.5f);
        HtmlReport report = new HtmlReport(head(List.of(OPTIMISED)), notes::add);
        for (int i = 0; i < 23; i++) {
            assertThat(report.wantsMore()).isEqualTo(i < 20);
            report.add(page("prompt " + i, search.result("clip")));
        }
        report.write(folder.resolve("report.html"));
        Document page = Jsoup.parse(folder.resolve("report.html"));
        assertThat(page.select("h2").eachText()).hasSize(20).startsWith("prompt 0", "prompt 1");
        assertThat(page.text()).contains("3 more prompts are not shown here");
        assertThat(page.select("clipPath").eachAttr("id")).doesNotHaveDuplicates();
    }

    private Document write(List<Member> members, String prompt, SearchResult found) throws IOException {
        HtmlReport report = new HtmlReport(head(members), notes::add);
        report.add(page(prompt, found));
        Path file = folder.resolve("report.html");
        report.write(file);
        assertThat(notes).hasSize(Fonts.available() ? 0 : 1);
        Document page = Jsoup.parse(file);
        assertThat(page.select("[src]").eachAttr("src")).allMatch(source -> source.startsWith("data:image/"));
        assertThat(page.select("[href]").eachAttr("href")).allMatch(source -> source.startsWith("data:image/"));
        return page;
    }

    private static ReportHead head(List<Member> members) {
        return new ReportHead(
                "4 forwards", members, "clip", false, 6, 4, List.of(new ReportHead.Fact("model", "<small>")));
    }

    private PromptPage page(String prompt, SearchResult found) {
        Previews previews = new Previews(false);
        found.lineage()
                .nodes()
                .forEach(node -> node.previews()
                        .forEach(look -> previews.add(node.id(), look.step(), new Image(4, 6, new float[72]))));
        SearchPage search =
                new SearchPage("random", "Best of N.", Map.of("candidates", "auto"), found, id -> png, previews);
        return new PromptPage(prompt, new SearchPage.Image(png, found.ranked().getLast()), List.of(search));
    }
}
