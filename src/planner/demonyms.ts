/** What is of a country, as people say it, and the country as databases store it. */
export const DEMONYMS: ReadonlyMap<string, string> = new Map(
  `american united states|argentine argentina|argentinian argentina|australian australia|austrian austria|belgian belgium|brazilian brazil|
   british united kingdom|uk united kingdom|usa united states|uae united arab emirates|bulgarian bulgaria|canadian canada|chilean chile|chinese china|colombian colombia|croatian croatia|czech czech republic|
   danish denmark|dutch netherlands|egyptian egypt|english england|estonian estonia|finnish finland|french france|german germany|greek greece|
   hungarian hungary|icelandic iceland|indian india|indonesian indonesia|irish ireland|israeli israel|italian italy|japanese japan|
   korean south korea|latvian latvia|lithuanian lithuania|mexican mexico|norwegian norway|pakistani pakistan|peruvian peru|polish poland|
   portuguese portugal|romanian romania|russian russia|scottish scotland|serbian serbia|slovak slovakia|slovenian slovenia|
   spanish spain|swedish sweden|swiss switzerland|thai thailand|turkish turkey|ukrainian ukraine|vietnamese vietnam|welsh wales`
    .split(/\|\s*/)
    .map((entry): readonly [string, string] => {
      const [of = '', ...country] = entry.trim().split(' ');
      return [of, country.join(' ')];
    }),
);
