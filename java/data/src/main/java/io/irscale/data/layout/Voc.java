package io.irscale.data.layout;

import io.irscale.data.Box;
import io.irscale.data.image.Reason;
import io.irscale.error.InvalidInputException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.IntStream;
import javax.xml.XMLConstants;
import javax.xml.parsers.DocumentBuilder;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;
import org.xml.sax.SAXException;

/**
 * Annotations of PASCAL VOC, {@code NAME.xml} beside an image or in a folder called {@code Annotations}: {@code object}
 * elements with {@code name} and {@code bndbox} in pixels, by its corners {@code xmin, ymin, xmax, ymax} or, as KAIST has
 * them, {@code x, y, w, h}. Of a turned {@code robndbox} ({@code cx, cy, w, h, angle}) it is the upright box around it.
 */
record Voc(Sidecars files) implements Annotations {
    private static final String FOLDER = "(?i).*annotation.*";

    /** Those of a data set. */
    static Voc of(Listing listing) {
        return new Voc(Sidecars.of(listing, Sidecars.Rule.of(".xml", true, FOLDER)));
    }

    @Override
    public String form() {
        return "VOC";
    }

    @Override
    public boolean knows(Item image) {
        return files.files().containsKey(image);
    }

    @Override
    public List<Box> boxes(Item image) {
        return read(Objects.requireNonNull(files.files().get(image)).path());
    }

    @Override
    public List<String> notes() {
        return files.notes();
    }

    /**
     * The boxes of a file.
     *
     * @throws InvalidInputException if it is not XML of this form
     */
    static List<Box> read(Path file) {
        NodeList objects = parse(file).getElementsByTagName("object");
        List<Box> boxes = new ArrayList<>();
        for (int i = 0; i < objects.getLength(); i++) {
            boxes.add(box((Element) objects.item(i), file));
        }
        return boxes;
    }

    private static Box box(Element object, Path file) {
        String category = inner(object, "name", file).getTextContent().strip();
        Optional<Element> turned = find(object, "robndbox");
        if (turned.isPresent()) {
            Element box = turned.get();
            return Boxes.around(
                    file.toString(),
                    category,
                    number(box, "cx", file),
                    number(box, "cy", file),
                    number(box, "w", file),
                    number(box, "h", file),
                    number(box, "angle", file));
        }
        Element box = inner(object, "bndbox", file);
        if (find(box, "w").isPresent()) {
            return Boxes.of(
                    file.toString(),
                    category,
                    number(box, "x", file),
                    number(box, "y", file),
                    number(box, "w", file),
                    number(box, "h", file));
        }
        double left = number(box, "xmin", file);
        double top = number(box, "ymin", file);
        return Boxes.of(
                file.toString(),
                category,
                left,
                top,
                number(box, "xmax", file) - left,
                number(box, "ymax", file) - top);
    }

    private static Element parse(Path file) {
        try {
            DocumentBuilderFactory factory = DocumentBuilderFactory.newDefaultInstance();
            // A stranger's file: with no document type it has no entities, neither outside nor exploding ones.
            factory.setFeature("http://apache.org/xml/features/disallow-doctype-decl", true);
            factory.setFeature(XMLConstants.FEATURE_SECURE_PROCESSING, true);
            factory.setXIncludeAware(false);
            DocumentBuilder builder = factory.newDocumentBuilder();
            // The default one prints to stderr.
            builder.setErrorHandler(null);
            return builder.parse(new ByteArrayInputStream(TextFile.bytes(file, TextFile.SMALL)))
                    .getDocumentElement();
        } catch (SAXException | IOException | ParserConfigurationException e) {
            throw new InvalidInputException(file + ": cannot be read as XML: " + Reason.of(e), e);
        }
    }

    /** An element of its own, not of a part of it, which has a name and a box as well. */
    private static Optional<Element> find(Element element, String name) {
        NodeList children = element.getChildNodes();
        return IntStream.range(0, children.getLength())
                .mapToObj(children::item)
                .filter(child -> child instanceof Element && child.getNodeName().equals(name))
                .map(Element.class::cast)
                .findFirst();
    }

    private static Element inner(Element element, String name, Path file) {
        return find(element, name)
                .orElseThrow(() ->
                        new InvalidInputException("%s: %s has no %s".formatted(file, element.getNodeName(), name)));
    }

    private static double number(Element box, String name, Path file) {
        String text = inner(box, name, file).getTextContent().strip();
        try {
            return Double.parseDouble(text);
        } catch (NumberFormatException e) {
            throw new InvalidInputException(
                    "%s: %s is \"%s\", expected a number".formatted(file, name, Reason.line(text)), e);
        }
    }
}
