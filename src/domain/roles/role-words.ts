import { words } from './name-words.ts';

/**
 * What names of columns say of their role, in English and German, whole and shortened. A list holds what is true of columns in
 * general; where a name says nothing, values decide.
 */

/** A word that makes any number one that is not added up, wherever it stands: `unit_price`, `avg_cost`, `price_each`. */
export const OF_EACH = words(
  `unit each per standard avg average mean median max maximum min minimum highest lowest std stddev pct percent percentage perc rate ratio
   quote anteil prozent satz durchschnitt mittel einzel stueck`,
);

/** Numbers that are compared and averaged. */
export const COMPARED = words(
  `price preis rating score note grade age alter rank ranking rang position pos height hoehe width breite depth tiefe size groesse
   temperature temp temperatur speed geschwindigkeit latitude longitude lat lng lon long altitude elevation gpa level
   stars sterne index factor faktor share margin marge probability humidity pressure density interest kurs rabatt mark
   years jahre seniority experience frequency voltage resolution radius diameter fahrenheit celsius dewpoint priority`,
);

/** Numbers that add up over rows. */
export const ADDED = words(
  `amount amt sum summe total subtotal quantity qty menge count cnt anzahl anz revenue sales turnover umsatz erloes cost costs kosten
   spend spent expense expenses ausgaben income einnahmen ertrag profit gewinn earnings loss budget payment payments zahlung fee fees
   gebuehr charge salary gehalt wage lohn pay bonus gross net brutto netto tax vat steuer mwst balance saldo debit refund
   deposit loan stock bestand inventory units pieces stk clicks impressions views visits visitors attendance attendees recipients
   credits credit hours stunden minutes minuten seconds sekunden days tage nights weeks duration dauer distance weight gewicht kg tons volume
   population capacity seats guests passengers employees members students people staff wins losses goals points medals votes
   participants downloads uses usage calls betrag worth value wert target quota km miles mileage gold silver bronze killed
   injured deaths births acres area flaeche`,
);

/** Numbers that stand for one of several things. */
export const CODED = words(
  `code cd type typ category kind class klasse group gruppe zone floor etage season round stage status kz art stufe schluessel
   section phase shift version state region channel`,
);

/** Texts that rows share. */
export const SHARED = words(
  `status state type typ category kategorie kind art class klasse group gruppe gender sex geschlecht country land city stadt ort town
   region continent color colour farbe department abteilung level priority prioritaet method channel kanal segment language sprache
   genre brand marke model gender reason grund result ergebnis stage phase mode outcome source platform device size nationality
   industry branche area zone shift role position title`,
);

/** Texts that are read and not listed by. */
export const READ = words(
  `description desc beschreibung comment comments kommentar note notes notiz remark remarks bemerkung body message nachricht text
   details detail content inhalt summary review feedback hinweis explanation abstract bio biography url link uri website path pfad image
   photo foto picture logo file datei filename html json xml payload metadata meta settings config hash token signature`,
);

/** What names of dates end in. */
export const DATED = words(
  `date datum dat dt day tag time timestamp ts zeit zeitpunkt uhrzeit on at am since seit datetime`,
);

export const CURRENCY_NAME = /(?:^| )(?:currency|ccy|curr|waehrung|wkz|whg)(?: (?:code|id|iso|key|kz))?$/;
export const UNIT_NAME =
  /(?:^| )(?:unit|uom|einheit|mengeneinheit|me)(?: (?:code|name|id|of measure|of measurement))?$|^unit of (?:measure|measurement)$|measurement unit$/;

/** Currencies by their codes (ISO 4217): the most used ones tell a column of them. */
export const CURRENCY_CODES = words(
  `AED ARS AUD BGN BRL CAD CHF CLP CNY COP CZK DKK EGP EUR GBP HKD HUF IDR ILS INR ISK JPY KRW MAD MXN MYR NGN NOK NZD PEN PHP PLN
   QAR RON RSD RUB SAR SEK SGD THB TRY TWD UAH USD VND ZAR`,
);

/** Units of what is weighed, measured and packed. */
export const UNITS = words(
  `kg g mg t lb lbs oz l ml cl hl gal m cm mm km ft in yd mi m2 m3 sqm pcs pc pce piece pieces ea each stk st stueck box boxes
   pack packs pkg pallet pal carton ctn dozen doz pair pairs roll rolls set sets bag bags hour hours hr h day days kwh mwh litre
   liter litres liters metre meter metres meters gram grams kilogram kilograms ton tons tonne tonnes`,
);
