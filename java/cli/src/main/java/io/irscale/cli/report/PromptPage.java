package io.irscale.cli.report;

import java.util.List;

/**
 * What was searched for one prompt.
 *
 * @param prompt the prompt
 * @param unsearched the first seed's image without search
 * @param searches one a strategy
 */
public record PromptPage(String prompt, SearchPage.Image unsearched, List<SearchPage> searches) {}
