package io.irscale.cli.report;

import io.irscale.verify.Member;
import java.util.ArrayList;
import java.util.List;

/**
 * A large picture with its scores.
 *
 * @param title above it
 * @param note what it is
 * @param source as a data URI
 * @param file the PNG's name
 * @param scores of it
 */
record PictureView(String title, String note, String source, String file, List<Score> scores) {
    /** By whom, and how much. */
    record Score(String name, String value, boolean heldOut) {}

    static PictureView of(String title, String note, SearchPage.Image image, ReportHead head) {
        List<Score> scores = new ArrayList<>();
        List<Member> members = head.members();
        // A rank means nothing outside of its search, and one verifier's score is the score.
        if (head.scored() && members.stream().filter(each -> !each.heldOut()).count() > 1 && head.comparable()) {
            scores.add(new Score(head.objective(), Words.score(image.scored().score()), false));
        }
        for (int part = 0; part < members.size(); part++) {
            scores.add(new Score(
                    members.get(part).name(),
                    Words.score(image.scored().parts()[part]),
                    members.get(part).heldOut()));
        }
        return new PictureView(
                title,
                note,
                Pictures.large(image.file()),
                String.valueOf(image.file().getFileName()),
                scores);
    }
}
