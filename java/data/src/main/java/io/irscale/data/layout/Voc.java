package io.irscale.data.layout;

import io.irscale.data.Box;
import io.irscale.error.InvalidInputException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import javax.xml.XMLConstants;
import javax.xml.parsers.DocumentBuilder;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;
import org.xml.sax.SAXException;

/** Annotations of PASCAL VOC: {@code object} elements with {@code name} and {@code bndbox} in pixels. */
final class Voc {
    private Voc() {}

    /** The boxes of an image, from the file of the same name in {@code annotations}. */
    static List<Box> boxesOf(Path image, Path annotations) {
        Path file = annotations.resolve(Folders.stem(image) + ".xml");
        if (!Files.isRegularFile(file)) {
            throw new InvalidInputException(image + ": its annotation " + file + " is missing");
        }
        NodeList objects = parse(file).getElementsByTagName("object");
        List<Box> boxes = new ArrayList<>();
        for (int i = 0; i < objects.getLength(); i++) {
            Element object = (Element) objects.item(i);
            double left = number(object, "xmin", file);
            double top = number(object, "ymin", file);
            boxes.add(Boxes.of(
                    file.toString(),
                    text(object, "name", file),
                    left,
                    top,
                    number(object, "xmax", file) - left,
                    number(object, "ymax", file) - top));
        }
        return boxes;
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
            return builder.parse(file.toFile()).getDocumentElement();
        } catch (SAXException | IOException | ParserConfigurationException e) {
            throw new InvalidInputException(file + ": cannot be read as XML: " + e.getMessage(), e);
        }
    }

    private static String text(Element object, String name, Path file) {
        NodeList found = object.getElementsByTagName(name);
        if (found.getLength() == 0) {
            throw new InvalidInputException("%s: an object has no %s".formatted(file, name));
        }
        return found.item(0).getTextContent().strip();
    }

    private static double number(Element object, String name, Path file) {
        String text = text(object, name, file);
        try {
            return Double.parseDouble(text);
        } catch (NumberFormatException e) {
            throw new InvalidInputException("%s: %s is \"%s\", expected a number".formatted(file, name, text), e);
        }
    }
}
