"""What the search knows of Spanish."""

from articles.search.lexicon import Lexicon, forms_in, words_in

SPANISH = Lexicon(
    stop=words_in("""
        a al algo como con cual cuando de del desde donde e el ella en entre es esta este esto ha hace hay la las le les
        lo los mas me mi mis mucho muy no nos o para pero por porque que se si sin sobre son su sus tengo tiene tu un
        una uno unos y ya yo
    """),
    irregular=forms_in("""
        dolor duele duelen doler
        hinchazon hinchado hinchada hinchados hinchadas
        niño niña niñas nino nina ninos
        uña unas
        diabetes diabetico diabetica diabeticos
    """),
    topics=words_in(
        "ampolla arco callo dedo diabetes dolor hinchazon hongo hueso juanete nervio pie piel planta talon "
        "tobillo uña verruga"
    ),
)
