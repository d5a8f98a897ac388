package io.irscale.cli.report;

import io.irscale.verify.Member;
import java.util.List;

/**
 * What holds for a whole report.
 *
 * @param budget of each search, in words
 * @param members the verifiers, in the order of the parts of a score
 * @param objective how the score that is optimised is made of them
 * @param relative whether scores are ranks in their own search, and mean nothing beyond
 * @param width of an image, in pixels
 * @param height of an image, in pixels
 * @param facts other settings
 */
public record ReportHead(
        String budget,
        List<Member> members,
        String objective,
        boolean relative,
        int width,
        int height,
        List<Fact> facts) {
    /** A setting and its value. */
    public record Fact(String name, String value) {}

    /** Whether scores of different searches can be compared. */
    boolean comparable() {
        return !relative;
    }

    /** Whether images are scored at all. */
    boolean scored() {
        return members.stream().anyMatch(member -> !member.heldOut());
    }
}
