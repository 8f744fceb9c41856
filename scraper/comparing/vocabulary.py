"""Word lists that the rules of this room read: English first, then German, French and Spanish."""

from __future__ import annotations


def _words(listed: str) -> frozenset[str]:
    return frozenset(listed.split())


# Words before a full stop that does not end a sentence, compared without case and without the stop.
ABBREVIATIONS = _words("""
    mr mrs ms mx dr prof rev hon fr sr st gen maj col lt capt cmdr cdr adm sgt cpl pvt brig rep sen gov pres supt insp
    ret sec asst dep dir amb atty
    jan feb mar apr jun jul aug sep sept oct nov dec mon tue tues wed thu thur thurs fri sat sun
    no nos nr vol vols pp p pg ch fig figs art para ed eds cf al approx est ca vs v viz max min
    inc corp co ltd bros dept univ assn ave blvd rd ft mt
    bzw usw evtl ggf vgl str abs bd hrsg mio mrd tel geb gest sog inkl zzgl dipl ing mag
    mme mlle sra srta dra ud uds
""")

# After a dotted short form ("the U.S.", "5 p.m.") only a word that nearly always opens a sentence ends it.
OPENERS = _words("""
    the a an it its he she they we you i his her their our this that these those there in on at as for from with by to
    but and or so yet if when while where what who why how after before since although though because however
    meanwhile moreover still also then now no not one some many most all each both
    der die das ein eine er sie es wir ich im am auf bei mit nach von vor zu für doch aber und als wenn dass
    le la les un une il elle ils elles on nous vous je et mais el los las una pero
""")

MONTHS = _words("""
    january february march april may june july august september october november december
    jan feb mar apr jun jul aug sep sept oct nov dec
    januar jänner februar märz mai juni juli oktober dezember mär dez okt
    janvier février mars avril juin juillet août septembre octobre novembre décembre
    enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre
""")

WEEKDAYS = _words("""
    monday tuesday wednesday thursday friday saturday sunday mon tue tues wed thu thur thurs fri sat sun
    montag dienstag mittwoch donnerstag freitag samstag sonntag lundi mardi mercredi jeudi vendredi samedi dimanche
    lunes martes miércoles jueves viernes sábado domingo
""")

# What stands beside a date and a time of day on a line that is nothing else.
CLOCK_WORDS = _words("""
    am pm a p m est edt cst cdt mst mdt pst pdt et ct mt pt gmt utc bst cet cest mez uhr h at on um le el à a de of the
    der den st nd rd th z t today yesterday heute gestern hoy ayer
""")

# How a page labels the line with its own date.
STAMP_WORDS = _words("""
    last page updated update modified reviewed published posted created date issued content
    stand aktualisiert zuletzt veröffentlicht geändert erstellt datum letzte änderung am
    publié mis à jour modifié actualizado publicado fecha última actualización dernière mise
""")

NEGATIONS = _words("""
    not no never none nothing nobody nowhere neither nor without cannot
    nicht kein keine keinen keinem keiner keines nie niemals niemand nichts ohne weder
    ne pas jamais rien aucun aucune sans ni nunca nada nadie ningún ninguno ninguna sin
""")

NUMBER_WORDS = _words("""
    two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen
    nineteen twenty thirty forty fifty sixty seventy eighty ninety hundred thousand million billion trillion dozen
    zwei drei vier fünf sechs sieben acht neun zehn elf zwölf hundert tausend millionen milliarden
""")

# What a person is called besides a name: who is "deputy assistant secretary" and who a deputy to that one is the
# difference of two people.
ROLES = _words("""
    deputy assistant undersecretary secretary minister ambassador director chief president chair chairman chairwoman
    chairperson commander general admiral colonel spokesman spokeswoman spokesperson commissioner governor mayor senator
    representative chancellor premier attorney inspector administrator principal acting former interim vice envoy consul
    professor doctor judge justice sheriff superintendent treasurer
    minister ministerin staatssekretär staatssekretärin präsident präsidentin kanzler kanzlerin sprecher sprecherin
    botschafter botschafterin leiter leiterin vorsitzender vorsitzende bürgermeister bürgermeisterin stellvertretender
    ministre président présidente directeur directrice ambassadeur secrétaire ministro ministra presidente presidenta
    secretario secretaria embajador embajadora
""")

# Words that make a name of the words beside them, in capitals or not.
ORGANISATIONS = _words("""
    department ministry agency office bureau administration commission committee council authority service institute
    university college academy court parliament senate congress command corps army navy force union federation
    association foundation company corporation bank party ministerium bundesamt behörde ministère ministerio
    departamento agence agencia
""")

# Two of these in one sentence: German, where every noun has a capital.
GERMAN = _words("""
    der die das und den dem des ein eine einer ist nicht mit von für im auf sich auch wird werden wurde hat haben
    zum zur
""")
